import type { GatewayEvent } from "../../src/core/gateway-event.ts";
import { newId } from "../../src/core/ids.ts";

const HOUR_MS = 3_600_000;

/** An event of the account `a`. */
export function sampleEvent(changes: Partial<GatewayEvent> = {}): GatewayEvent {
  return {
    id: newId(),
    type: "budget_threshold",
    atMs: 10 * HOUR_MS,
    accountId: "a",
    gatewayId: "g",
    budgetId: "team",
    partition: '["red"]',
    threshold: 50,
    spentNanoUsd: 500_000_001,
    limitNanoUsd: 1_000_000_000,
    sinceMs: 9 * HOUR_MS,
    ...changes,
  };
}
