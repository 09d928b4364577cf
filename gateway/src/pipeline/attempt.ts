import { GatewayError } from "../core/errors.ts";
import { pauseMs } from "../routing/retry-policy.ts";
import type { Answer } from "./answer.ts";
import type { Admitted } from "./authenticate.ts";
import { budgetFallback } from "./budget-fallback.ts";
import type { CacheHit } from "./cache-hit.ts";
import { chooseCredential } from "./choose-credential.ts";
import type { SharedStream } from "./deliver-shared.ts";
import type { Exchange } from "./exchange.ts";
import { type FailedTry, STEP_REFUSALS } from "./failed-try.ts";
import { lookUpCache } from "./look-up-cache.ts";
import { pauseBeforeTry } from "./pause-before-try.ts";
import type { Step } from "./step.ts";
import { tryOnce } from "./try-once.ts";

/**
 * Tries the steps in order, each as often as its policy says, until an answer's first content is there.
 * A step gives way to the next on any status but 2xx, on failures and time-outs, after its tries (reference §6, §7).
 * A step that another one gave way to may have a cached answer.
 * @returns the answer to deliver; null when the client left.
 * @throws GatewayError upstreamFailed or upstreamTimeout (2005) with every attempt, when the last one had no answer.
 */
export async function attempt(
  exchange: Exchange,
  resolved: Admitted,
  steps: readonly Step[],
): Promise<Answer | CacheHit | SharedStream | null> {
  const queue = [...steps];
  for (let position = 0; position < queue.length; position += 1) {
    const step = queue[position] as Step;
    if (position > 0) {
      exchange.lead?.letGo({ reason: "failed" });
      const hit = await lookUpCache(exchange, resolved, queue.slice(position));
      if (hit !== null) return hit;
    }
    const hasNextStep = position + 1 < queue.length;
    const maxAttempts = step.body === null || Buffer.isBuffer(step.body) ? step.retry.maxAttempts : 1;
    const credentials = chooseCredential(exchange, resolved, step);
    // Tries with another key of a pool have numbers of their own and count for nothing.
    for (let number = 1, counted = 1; ; number += 1) {
      const hasNextTry = counted < maxAttempts;
      const hasAlternative = hasNextTry || hasNextStep || exchange.stale !== null;
      const outcome = await tryOnce({
        exchange,
        resolved,
        step,
        credentials,
        number,
        isRepeat: counted > 1,
        hasAlternative,
      });
      if (exchange.isClientGone) return null;
      if (!("isRetryable" in outcome)) return outcome;
      const instead = outcome.refusal === null ? null : budgetFallback(resolved, step, outcome.refusal);
      if (instead !== null) {
        queue.splice(position + 1, 0, instead);
        break;
      }
      if (await credentials.rotate()) {
        await outcome.supersede();
        continue;
      }
      const isRepeated = hasNextTry && outcome.isRetryable;
      const stale = hasNextStep || !outcome.isRetryable ? null : exchange.stale;
      if (!isRepeated && !hasNextStep && stale === null) return giveUp(exchange, outcome);
      await outcome.supersede();
      if (!isRepeated && stale !== null) {
        exchange.lead?.letGo(STALE_INSTEAD);
        return stale;
      }
      if (!isRepeated) break;
      await pauseBeforeTry(exchange, pauseMs(step.retry, counted, outcome.retryAfterMs));
      counted += 1;
      if (exchange.isClientGone) return null;
    }
  }
  throw new GatewayError("internal", { message: "a request without steps reached the attempt stage" });
}

/** What those who wait are told where an older answer is served in place of a failure. */
const STALE_INSTEAD = {
  reason: "failed",
  error: { isTimeout: false, cause: "shared_failure", explanation: "the provider failed an equal request" },
} as const;

function giveUp(exchange: Exchange, outcome: FailedTry): Answer {
  if (outcome.answer !== null) return outcome.answer;
  const { failure, refusal } = outcome;
  if (refusal !== null && STEP_REFUSALS.has(refusal.definition)) throw refusal;
  if (refusal !== null) {
    const name = refusal.definition.status === 504 ? "upstreamTimeout" : "upstreamFailed";
    throw new GatewayError(name, { ...refusal.details, attempts: exchange.attempts });
  }
  const name = failure?.isTimeout === true ? "upstreamTimeout" : "upstreamFailed";
  throw new GatewayError(name, {
    ...(failure === null ? { cause: "error_in_answer" } : { cause: failure.reason, explanation: failure.message }),
    attempts: exchange.attempts,
  });
}
