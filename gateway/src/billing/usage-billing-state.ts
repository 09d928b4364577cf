/** What became of a gateway's usage events since the process began, and what waits. */
export interface UsageBillingState {
  /** Account and gateway: `default/prod`. */
  readonly name: string;
  /** On disk. */
  readonly waitingBytes: number;
  /** Events the service took, those it had already included. */
  readonly deliveredEvents: number;
  /** Events that will never arrive, by reason. */
  readonly lostEvents: Readonly<Record<LostReason, number>>;
  /** Tries after which events went on waiting. */
  readonly failedTries: number;
}

/**
 * `incomplete`: nothing is known of something they tell, such as the customer or a price. `refused`: the service did not want them. `expired`: older than it takes.
 * `no_room`: newer ones needed their space, or the disk failed. `unreadable`: damaged on the disk.
 */
type LostReason = "incomplete" | "refused" | "expired" | "no_room" | "unreadable";
