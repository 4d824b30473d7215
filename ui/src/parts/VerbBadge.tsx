/** The verb of an operation: a word in monospace, its colour only helps. */
export function VerbBadge({ method }: { method: string }) {
  return (
    <span className="app-verb" data-verb={method.toUpperCase()}>
      {method.toUpperCase()}
    </span>
  );
}
