import type { UsageEvent } from "../core/usage-event.ts";
import { sendUsageEvent, type SendingOptions } from "./send-usage-event.ts";

/** What became of several events. */
export interface LanesResult {
  readonly delivered: number;
  /** Events the service did not want, with what it said. */
  readonly refused: readonly { readonly event: UsageEvent; readonly cause: string }[];
  /** Events to be tried again, in their order. */
  readonly left: readonly UsageEvent[];
  /** Why some are left; null when none is. */
  readonly failure: { readonly cause: string; readonly retryAfterMs: number } | null;
}

/** Most events under way at one time. */
const MAX_LANES = 16;

/**
 * Sends events, those of one lane one after the other and up to sixteen lanes side by side. After the first that has to be tried again no other is begun.
 * Never rejects.
 */
export async function sendInLanes(events: readonly UsageEvent[], options: SendingOptions): Promise<LanesResult> {
  const lanes = [...Map.groupBy(events, (event) => options.service.laneOf(event)).values()];
  const done = new Set<UsageEvent>();
  const refused: LanesResult["refused"][number][] = [];
  let delivered = 0;
  let failure: LanesResult["failure"] = null;

  async function sendOne(event: UsageEvent): Promise<void> {
    const sent = await sendUsageEvent(event, options);
    if (sent.kind === "retry") {
      failure ??= { cause: sent.cause, retryAfterMs: sent.retryAfterMs };
      return;
    }
    if (sent.kind === "refused") refused.push({ event, cause: sent.cause });
    else delivered += 1;
    done.add(event);
  }

  async function work(): Promise<void> {
    for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) {
      for (const event of lane) {
        if (failure !== null || options.signal.aborted) return;
        await sendOne(event);
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(MAX_LANES, lanes.length) }, work));
  return { delivered, refused, failure, left: events.filter((event) => !done.has(event)) };
}
