/** How much a run does of everything. Times in milliseconds. */
export interface RunScale {
  /** Rounds of each workload; in each, every target has its turn. */
  readonly rounds: number;
  readonly warmUpMs: number;
  /** Length of one measurement. */
  readonly windowMs: number;
  readonly connections: number;
  readonly streams: number;
  readonly openStreams: number;
  readonly openSockets: number;
  readonly soakRequests: number;
  readonly soakAborts: number;
  readonly starts: number;
}

/** The run whose figures go into RESULTS.md: about ten minutes. */
export const fullScale: RunScale = {
  rounds: 5,
  warmUpMs: 1000,
  windowMs: 3000,
  connections: 32,
  streams: 200,
  openStreams: 1000,
  openSockets: 1000,
  soakRequests: 100_000,
  soakAborts: 10_000,
  starts: 5,
};

/** `--quick`: about two minutes, for a look while working. */
export const quickScale: RunScale = {
  rounds: 2,
  warmUpMs: 500,
  windowMs: 1000,
  connections: 32,
  streams: 200,
  openStreams: 1000,
  openSockets: 1000,
  soakRequests: 20_000,
  soakAborts: 2000,
  starts: 2,
};
