import type { z } from "zod";
import type { GatewayEvent } from "../../core/gateway-event.ts";
import { usdFromNano } from "../../core/money.ts";
import type { eventSchema } from "./schemas.ts";

/** An event as the API and the alert webhook tell it. */
export function showEvent(event: GatewayEvent): z.output<typeof eventSchema> {
  const { id, type, atMs, accountId, gatewayId, budgetId, partition, threshold } = event;
  return {
    id,
    type,
    created_at: new Date(atMs).toISOString(),
    account: accountId,
    gateway: gatewayId,
    budget: budgetId,
    split: partition === "" ? [] : (JSON.parse(partition) as (string | null)[]),
    threshold,
    spent: usdFromNano(event.spentNanoUsd),
    limit: usdFromNano(event.limitNanoUsd),
    since: new Date(event.sinceMs).toISOString(),
  };
}
