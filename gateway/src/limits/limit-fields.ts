import type { TakeAnswer } from "../stores/ports/counter-store.ts";
import { type MetRules, type Refusal, shadowRefusals } from "./meet-rules.ts";
import type { Metric } from "./limit-rule.ts";
import { windowSeconds } from "./window-spec.ts";

/** Most policies told in one header. */
const MAX_TOLD = 10;

/** Units other than requests, which are the default (draft-ietf-httpapi-ratelimit-headers, "quota unit"). */
const units: Readonly<Partial<Record<Metric, string>>> = {
  concurrent: "concurrent-requests",
  tokens_in: "tokens",
  tokens_out: "tokens",
  tokens: "tokens",
};

/**
 * The header fields that tell a client its limits, flat: `RateLimit-Policy` (quota, window in seconds, unit) and `RateLimit` (what remains, and
 * seconds until it is replenished) of draft-ietf-httpapi-ratelimit-headers-10, and `cf-aig-limit-shadow` with the rules in shadow mode that
 * would have refused. What was refused, and by which rule, adds `Retry-After`. Money is told by another field, shadow rules are told only there.
 */
export function limitFields(met: MetRules, answer: TakeAnswer, refusal: Refusal | null): string[] {
  const policies: string[] = [];
  const states: string[] = [];
  for (const [index, { id, metric, mode, window }] of met.rules.entries()) {
    const standing = answer.standings[index];
    const limit = met.takes[index]?.meter.limit ?? 0;
    if (standing === undefined || metric === "cost" || mode !== "enforce" || policies.length >= MAX_TOLD) continue;
    const seconds = windowSeconds(window);
    const unit = units[metric];
    policies.push(
      `"${id}";q=${limit}${seconds === 0 ? "" : `;w=${seconds}`}${unit === undefined ? "" : `;qu="${unit}"`}`,
    );
    const resetSeconds = Math.ceil(standing.resetMs / 1000);
    states.push(`"${id}";r=${standing.remaining}${seconds === 0 ? "" : `;t=${resetSeconds}`}`);
  }
  const fields = policies.length === 0 ? [] : ["ratelimit-policy", policies.join(", "), "ratelimit", states.join(", ")];
  if (refusal !== null) fields.push("retry-after", String(retryAfterSeconds(refusal)));
  const shadows = shadowRefusals(met, answer);
  if (shadows.length > 0) fields.push("cf-aig-limit-shadow", shadows.join(", "));
  return fields;
}

/** Whole seconds after which a refused request may fit, at least 1. */
export function retryAfterSeconds({ standing }: Refusal): number {
  return Math.max(1, Math.ceil(standing.resetMs / 1000));
}
