import { z } from "zod";
import type { GatewayEvent } from "../core/gateway-event.ts";

const amount = z.number().min(0);

const eventSchema: z.ZodType<GatewayEvent> = z.object({
  id: z.uuid(),
  type: z.literal("budget_threshold"),
  atMs: amount,
  accountId: z.string(),
  gatewayId: z.string(),
  budgetId: z.string(),
  partition: z.string(),
  threshold: amount,
  spentNanoUsd: amount,
  limitNanoUsd: amount,
  sinceMs: z.number(),
});

/** The event in a frame of the journal; null when the payload is none that this version knows. */
export function readEvent(payload: Buffer): GatewayEvent | null {
  try {
    return eventSchema.parse(JSON.parse(payload.toString("utf8")));
  } catch {
    return null;
  }
}
