/** What a target's delivery did since the process began, and what waits. */
export interface LogpushState {
  /** Account and name of the target: `default/archive`. */
  readonly name: string;
  /** On disk, compressed or not. */
  readonly waitingBytes: number;
  readonly deliveredRecords: number;
  /** Records given up because the space for waiting ones was full, or that could not be written to disk. */
  readonly droppedRecords: number;
  readonly failedDeliveries: number;
}
