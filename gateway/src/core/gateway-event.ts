/**
 * Something that an operator may want to be told of: spending that passed a threshold of a budget, once in its period. Kept beside the logs,
 * and not with them: it outlives them. Money in nano-USD, times Unix milliseconds.
 */
export interface GatewayEvent {
  /** UUIDv7. */
  readonly id: string;
  readonly type: "budget_threshold";
  readonly atMs: number;
  readonly accountId: string;
  /** Gateway of the request that went past it. */
  readonly gatewayId: string;
  readonly budgetId: string;
  /** What the budget is split by, as JSON; empty where it is not split. */
  readonly partition: string;
  /** Percent of the limit. */
  readonly threshold: number;
  readonly spentNanoUsd: number;
  readonly limitNanoUsd: number;
  /** Since when the budget counts: start of the calendar's period, or so long ago as a sliding one lasts. */
  readonly sinceMs: number;
}
