import type { Operation } from '../data.ts';

/** The four operations that a batch job needs. */
export type BatchOperations = {
  submit: Operation;
  start: Operation;
  status: Operation;
  remove: Operation;
  ids: string[];
};

/** The operations of a batch endpoint among those of an API, known by their templates. */
export function batchOf(operations: readonly Operation[]): BatchOperations | null {
  const find = (method: string, shape: RegExp) =>
    operations.find(
      (one) =>
        one.method.toUpperCase() === method && shape.test(one.urlTemplate.split('?')[0] ?? ''),
    );
  const submit = find('POST', /\/jobs$/);
  const start = find('POST', /\/jobs\/\{[^{}]+\}\/start$/);
  const status = find('GET', /\/jobs\/\{[^{}]+\}$/);
  const remove = find('DELETE', /\/jobs\/\{[^{}]+\}$/);
  if (!submit || !start || !status || !remove) return null;
  return {
    submit,
    start,
    status,
    remove,
    ids: [submit, start, status, remove].map(({ id }) => id),
  };
}

/** The parameter that only later steps have: the job's id. */
export function jobParameter({ submit, status }: BatchOperations): string {
  const before = new Set(submit.templateParameters.map(({ name }) => name));
  return status.templateParameters.find(({ name }) => !before.has(name))?.name ?? 'jobid';
}
