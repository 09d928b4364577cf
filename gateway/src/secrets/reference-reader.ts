import type { Clock } from "../core/clock.ts";
import type { ResolveSecret } from "./resolve-secret.ts";

/** How long an answer is used again. */
const KEPT_MS = 2000;

const MAX_KEPT = 1000;

/**
 * Looks references up for requests: each at most once in two seconds, so that a changed file or a removed one counts soon and
 * traffic does not read it all the time. A request that finds an answer out of date waits for the new one; at most 1,000 are kept.
 */
export function createReferenceReader(clock: Pick<Clock, "monotonicMs">, resolve: ResolveSecret): ResolveSecret {
  const kept = new Map<string, { readonly answer: Promise<string | null>; readonly untilMs: number }>();
  return (reference) => {
    const nowMs = clock.monotonicMs();
    const known = kept.get(reference);
    if (known !== undefined && nowMs < known.untilMs) return known.answer;
    const answer = resolve(reference);
    kept.delete(reference);
    kept.set(reference, { answer, untilMs: nowMs + KEPT_MS });
    if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value as string);
    return answer;
  };
}
