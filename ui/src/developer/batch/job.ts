/** What the batch endpoint tells of a job; its names are the classic ones. */
export type JobState = 'NotStarted' | 'Running' | 'Failed' | 'Cancelled' | 'Finished';
export type ResultPlace = { BaseLocation: string; RelativeLocation: string; SasBlobToken: string };
export type Job = {
  StatusCode: JobState | number;
  Results: Record<string, ResultPlace> | null;
  Details: string | null;
  Waiting?: string | null;
  Progress?: {
    Rows: number | null;
    TotalRows: number | null;
    RowsPerSecond: number | null;
    EstimatedEnd: string | null;
  };
};
export type Uploaded = { connectionString: string; relativeLocation: string; size: number };

const STATES: JobState[] = ['NotStarted', 'Running', 'Failed', 'Cancelled', 'Finished'];

/** Some services tell the state as a number. */
export function stateOf({ StatusCode }: Job): JobState {
  return typeof StatusCode === 'number' ? (STATES[StatusCode] ?? 'NotStarted') : StatusCode;
}

export function isOver(job: Job): boolean {
  return !['NotStarted', 'Running'].includes(stateOf(job));
}

export function linkOf({ BaseLocation, RelativeLocation, SasBlobToken }: ResultPlace): string {
  return `${BaseLocation.replace(/\/$/, '')}/${RelativeLocation.replace(/^\//, '')}${SasBlobToken}`;
}

/** The body that submits a job over an uploaded file; results go to the service's place. */
export function submission({ connectionString, relativeLocation }: Uploaded): string {
  const input = { ConnectionString: connectionString, RelativeLocation: relativeLocation };
  return JSON.stringify({ Input: input, Outputs: {}, GlobalParameters: {} }, null, 2);
}
