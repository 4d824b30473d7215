/** A trace as a timeline: one step per policy, with what it decided and changed. */

export type Entry = {
  source: string;
  timestamp: string;
  elapsed: string;
  data: { [name: string]: unknown };
};
export type Trace = { traceId: string; traceEntries: { [section: string]: Entry[] } };

export type Changed = { name: string; before: string | null; after: string | null };
export type Step = {
  section: string;
  source: string;
  /** Milliseconds from the beginning of the call, and how long it took if that is known. */
  at: number;
  took: number | null;
  scope: string;
  decision: string;
  variables: Changed[];
  /** What else was noted, as it came. */
  data: { [name: string]: unknown };
};

const SECTIONS = ['inbound', 'backend', 'outbound', 'on-error'];

export function stepsOf(trace: Trace): Step[] {
  const known = Object.keys(trace.traceEntries);
  const order = [...SECTIONS, ...known.filter((one) => !SECTIONS.includes(one))];
  return order.flatMap((section) =>
    (trace.traceEntries[section] ?? []).map((entry) => stepOf(section, entry)),
  );
}

function stepOf(section: string, { source, elapsed, data }: Entry): Step {
  const { decision, duration, scope, variables, ...rest } = data;
  return {
    section,
    source,
    at: millisecondsOf(elapsed),
    took: typeof duration === 'string' ? millisecondsOf(duration) : null,
    scope: typeof scope === 'string' ? scope : '',
    decision: typeof decision === 'string' ? decision : '',
    variables: changedIn(variables),
    data: rest,
  };
}

/** `00:00:01.2345678` as milliseconds. */
export function millisecondsOf(span: string): number {
  const [hours = '0', minutes = '0', seconds = '0'] = span.split(':');
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}

type Both = { before?: { [name: string]: unknown }; after?: { [name: string]: unknown } };

function changedIn(variables: unknown): Changed[] {
  const { before = {}, after = {} } = (variables ?? {}) as Both;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((name) => ({ name, before: told(before[name]), after: told(after[name]) }))
    .filter((one) => one.before !== one.after);
}

function told(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** How a step went, for its colour and its word. */
export function outcomeOf({ decision }: Step): 'went' | 'answered' | 'failed' | 'noted' {
  if (!decision) return 'noted';
  if (decision.startsWith('failed')) return 'failed';
  return decision === 'go on' ? 'went' : 'answered';
}
