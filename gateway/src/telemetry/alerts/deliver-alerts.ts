import type { Clock } from "../../core/clock.ts";
import type { AlertWebhookSettings } from "../../core/export-settings.ts";
import { createInterruptiblePause } from "../../core/interruptible-pause.ts";
import type { PlainFetch } from "../../http1/guarded-fetch.ts";
import { showEvent } from "../../management/events/show-event.ts";
import type { EventStore, StoredEvent } from "../../stores/ports/event-store.ts";
import { signedFields } from "./sign-alert.ts";

/** How the delivery of alerts is going; counts are since start. */
export interface AlertsState {
  readonly delivered: number;
  /** Tries that failed; each is made again. */
  readonly failedDeliveries: number;
  /** Alerts that were too old to be tried any more. */
  readonly givenUp: number;
}

/** What alerts are delivered with. */
export interface AlertOptions {
  readonly webhook: AlertWebhookSettings;
  readonly events: Pick<EventStore, "pending" | "delivered">;
  readonly resolveSecret: (reference: string) => Promise<string | null>;
  readonly fetch: PlainFetch;
  readonly clock: Pick<Clock, "nowMs">;
  /** Told of each failure: a status or a word. */
  readonly onFailure: (cause: string) => void;
  /** How often is looked for new events; default 1,000. */
  readonly everyMs?: number;
  /** First pause after a failure; it doubles, up to a minute; default 1,000. */
  readonly retryMs?: number;
}

/** The running delivery. */
export interface Alerts {
  readonly state: AlertsState;
  /** Ends it; a try under way has up to `graceMs`. What is left goes with the next process. */
  stop(graceMs: number): Promise<void>;
}

/** Under this name the store remembers how far the webhook is. */
const RECEIVER = "webhook";
const AT_ONCE = 20;
const MAX_RETRY_MS = 60_000;
const TIMEOUT_MS = 10_000;
/** After so long an alert helps nobody, and those behind it have waited. */
const MAX_AGE_MS = 3 * 86_400_000;

/**
 * Posts events to the configured webhook, the oldest first, one at a time, each until it is answered with 2xx, at least once: the store
 * remembers the last one that was, so none is left out by a restart. `webhook-id` is the event's id, by which a receiver notices one that comes again.
 */
export function startAlerts(options: AlertOptions): Alerts {
  const { webhook, events, clock, onFailure, everyMs = 1000, retryMs = 1000 } = options;
  const stopping = new AbortController();
  const ending = new AbortController();
  const pause = createInterruptiblePause(stopping.signal);
  const state = { delivered: 0, failedDeliveries: 0, givenUp: 0 };

  async function deliver({ event }: StoredEvent): Promise<string | null> {
    const secret = await options.resolveSecret(webhook.secret).catch(() => null);
    if (secret === null || secret === "") return "secret_missing";
    const body = JSON.stringify(showEvent(event));
    const alert = { id: event.id, atSeconds: Math.floor(clock.nowMs() / 1000), body };
    try {
      const answer = await options.fetch(webhook.url, {
        method: "POST",
        headers: { "content-type": "application/json", ...signedFields(secret, alert) },
        body: Buffer.from(body),
        signal: AbortSignal.any([ending.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.body?.cancel();
      return answer.ok ? null : String(answer.status);
    } catch (error) {
      return error instanceof Error && error.name === "TimeoutError" ? "timeout" : "no_connection";
    }
  }

  /** True when the event needs no more of it. */
  async function settle(stored: StoredEvent): Promise<boolean> {
    const cause = await deliver(stored);
    if (cause === null) state.delivered += 1;
    else {
      state.failedDeliveries += 1;
      onFailure(cause);
      if (clock.nowMs() - stored.event.atMs < MAX_AGE_MS) return false;
      state.givenUp += 1;
    }
    await events.delivered(RECEIVER, stored.sequence);
    return true;
  }

  async function run(): Promise<void> {
    let waitMs = retryMs;
    while (!stopping.signal.aborted) {
      // A store that is away is asked again, as is a receiver.
      const pending = await events.pending(RECEIVER, AT_ONCE).catch(() => []);
      let isStuck = false;
      for (const stored of pending) {
        isStuck = stopping.signal.aborted || !(await settle(stored).catch(() => false));
        if (isStuck) break;
        waitMs = retryMs;
      }
      await pause.whole(isStuck ? waitMs : pending.length === AT_ONCE ? 0 : everyMs);
      if (isStuck) waitMs = Math.min(waitMs * 2, MAX_RETRY_MS);
    }
  }

  const running = run();
  return {
    state,
    async stop(graceMs) {
      stopping.abort();
      const timer = setTimeout(() => ending.abort(), graceMs);
      await running;
      clearTimeout(timer);
    },
  };
}
