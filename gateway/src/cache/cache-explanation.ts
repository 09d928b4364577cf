import type { CacheKey, StoredAnswer } from "../stores/ports/cache-store.ts";
import type { CacheRule } from "./cache-rule.ts";
import type { KeyParts } from "./derive-key.ts";
import type { RuleVerdict } from "./explain-rules.ts";

/** What the cache would do with a request. Times are seconds. */
export interface CacheExplanation {
  /**
   * `cached`: an answer is looked up, else kept. `refreshed`: none is looked up, the new one is kept. `not_cached`: neither. `refused`: the
   * gateway would not take the request.
   */
  readonly outcome: "cached" | "refreshed" | "not_cached" | "refused";
  /** Why, for people. */
  readonly reason: string;
  /** Where the fault lies, of what is refused. */
  readonly fault: { readonly code: number; readonly path: string | null } | null;
  /** The gateway's rules in their order; empty where they are not asked. */
  readonly rules: readonly RuleVerdict[];
  /** What follows where an answer is looked up or kept; null otherwise. */
  readonly entry: CacheEntryTerms | null;
}

/** How an answer would be kept. */
export interface CacheEntryTerms {
  readonly lifetimeSeconds: number;
  readonly whileRevalidateSeconds: number;
  readonly ifErrorSeconds: number;
  readonly scope: CacheRule["scope"];
  readonly key: CacheKey;
  /** The client's own name; null where everything that is sent makes the key. */
  readonly name: string | null;
  readonly parts: KeyParts | null;
  readonly ignoredBody: readonly string[];
  readonly isCanonical: boolean;
  /** The answer that is there now; null for none, `unknown` where it cannot be asked for from here. */
  readonly stored: StoredAnswer | null | "unknown";
  /** Whether it is stored in its other form, stream or whole, and would be converted. */
  readonly isOtherForm: boolean;
}
