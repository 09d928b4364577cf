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
  /** Rounds of the workloads that measure this gateway in many ways. */
  readonly fewerRounds: number;
  /** Streams open at once, one after the other, in ascending order. */
  readonly openStreamLevels: readonly number[];
  /** Sizes of request and answer, in bytes. */
  readonly bodyBytes: readonly number[];
  readonly openSockets: number;
  readonly soakRequests: number;
  readonly soakAborts: number;
  readonly starts: number;
}

/** The run whose figures go into RESULTS.md: about twelve minutes. */
export const fullScale: RunScale = {
  rounds: 5,
  warmUpMs: 1000,
  windowMs: 2000,
  connections: 32,
  streams: 200,
  openStreams: 1000,
  fewerRounds: 3,
  openStreamLevels: [100, 1000, 10_000],
  bodyBytes: [1024, 102_400, 10_485_760],
  openSockets: 1000,
  soakRequests: 100_000,
  soakAborts: 10_000,
  starts: 5,
};

/** `--quick`: about three minutes, for a look while working. */
export const quickScale: RunScale = {
  rounds: 2,
  warmUpMs: 500,
  windowMs: 1000,
  connections: 32,
  streams: 200,
  openStreams: 1000,
  fewerRounds: 1,
  openStreamLevels: [100, 1000],
  bodyBytes: [1024, 102_400, 10_485_760],
  openSockets: 1000,
  soakRequests: 20_000,
  soakAborts: 2000,
  starts: 2,
};
