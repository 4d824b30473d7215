import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millisecondsOf, outcomeOf, stepsOf } from './trace.ts';

const entry = (data: object, source = 'set-variable') => ({
  source,
  timestamp: '2026-03-01T10:00:00.0000000Z',
  elapsed: '00:00:00.0012345',
  data: { ...data },
});

test('steps come in the order of the sections', () => {
  const steps = stepsOf({
    traceId: 'a',
    traceEntries: { outbound: [entry({}, 'c')], inbound: [entry({}, 'a'), entry({}, 'b')] },
  });
  assert.deepEqual(
    steps.map((one) => one.source),
    ['a', 'b', 'c'],
  );
  assert.equal(steps[0]?.at, 1.2345);
});

test('a step tells only the variables that it changed', () => {
  const variables = { before: { kept: '1', gone: 'x' }, after: { kept: '1', made: { a: 1 } } };
  const [step] = stepsOf({
    traceId: 'a',
    traceEntries: { inbound: [entry({ decision: 'go on', duration: '00:00:01.5', variables })] },
  });
  assert.deepEqual(step?.variables, [
    { name: 'gone', before: 'x', after: null },
    { name: 'made', before: null, after: '{"a":1}' },
  ]);
  assert.equal(step?.took, 1500);
  assert.equal(step && outcomeOf(step), 'went');
});

test('a span may have hours', () => {
  assert.equal(millisecondsOf('01:02:03.5'), 3_723_500);
});
