import type { AccessToken } from "../access/access-token.ts";
import type { CacheEntryTerms, CacheExplanation } from "../cache/cache-explanation.ts";
import type { CacheRule } from "../cache/cache-rule.ts";
import { explainRules, type RuleVerdict } from "../cache/explain-rules.ts";
import { GatewayError } from "../core/errors.ts";
import type { IncomingRequest } from "../http1/server-connection.ts";
import { touchesState } from "../providers/touches-state.ts";
import type { CacheKey, StoredAnswer } from "../stores/ports/cache-store.ts";
import type { Admitted } from "./authenticate.ts";
import { type CachedStep, keysOf, type StepKeys } from "./cache-keys.ts";
import { cacheFacts } from "./cache-rule-of.ts";
import { convertCached } from "./convert-cached.ts";
import { type Exchange, openExchange } from "./exchange.ts";
import type { Gateway } from "./gateway.ts";
import { lifetimeOf } from "./look-up-cache.ts";
import { planSteps } from "./plan-steps.ts";
import { readControls } from "./read-controls.ts";
import { resolve } from "./resolve.ts";

/** What an explanation is made with. */
export interface ExplainOptions {
  readonly gateway: Gateway;
  readonly request: IncomingRequest;
  /** Token it comes with; null for none. */
  readonly token: AccessToken | null;
  /** The answer under a key, where it may be asked for. */
  readonly stored: (key: CacheKey) => StoredAnswer | null | "unknown" | Promise<StoredAnswer | null>;
}

/**
 * Goes through what the cache would do with a request, by the stages' own functions, sends nothing and keeps nothing. Whether the token may run the gateway
 * is not looked at.
 */
export async function explainCache({ gateway, request, token, stored }: ExplainOptions): Promise<CacheExplanation> {
  try {
    const exchange = openExchange(request, gateway);
    const admitted: Admitted = { ...resolve(request.head, gateway), token };
    const controls = readControls(request.head.headers, admitted.settings);
    const [step] = await planSteps(exchange, admitted, controls);
    if (step === undefined || !Buffer.isBuffer(step.body))
      return notCached("the request has no body that can be compared");
    return await explainStep(exchange, admitted, { step: { ...step, body: step.body }, stored });
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const fault = { code: error.definition.code, path: error.details.path ?? null };
    return { outcome: "refused", reason: error.message, fault, rules: [], entry: null };
  }
}

async function explainStep(
  exchange: Exchange,
  admitted: Admitted,
  { step, stored }: { readonly step: CachedStep } & Pick<ExplainOptions, "stored">,
): Promise<CacheExplanation> {
  const { cache } = exchange.gateway;
  const { settings } = admitted;
  if (cache === null) return notCached("the configuration gives the cache no room");
  if (step.method !== "POST") return notCached(`only POST is cached, this is ${step.method}`);
  const rules = explainRules(settings.cache_rules, cacheFacts(exchange, admitted, step));
  const decisive = rules.findIndex(({ verdict }) => verdict === "decides");
  const rule = rules[decisive]?.rule ?? null;
  if (rule?.skip === true) return notCached(`rule ${decisive + 1} says skip`, rules);
  const lifetimeSeconds = lifetimeOf(rule?.ttl ?? settings.cache_ttl, step);
  if (lifetimeSeconds === null) return notCached(withoutLifetime(rule, step), rules);
  if (step.cache.name === null && touchesState(step.path, step.body)) {
    return notCached(
      "it makes or uses what its maker alone may have; name a cf-aig-cache-key to cache it all the same",
      rules,
    );
  }
  const keys = keysOf(step, { keys: cache.keys, admitted, rule });
  const { name, isSkipped } = step.cache;
  return {
    outcome: isSkipped ? "refreshed" : "cached",
    reason: isSkipped
      ? "a header passes over what is stored; the new answer takes its place"
      : cachedBy(step, rule, decisive),
    fault: null,
    rules,
    entry: {
      lifetimeSeconds,
      whileRevalidateSeconds: step.cache.whileRevalidateSeconds ?? settings.cache_stale_while_revalidate ?? 0,
      ifErrorSeconds: step.cache.ifErrorSeconds ?? settings.cache_stale_if_error ?? 0,
      scope: name !== null ? "tenant" : (rule?.scope ?? "credential"),
      key: keys.key,
      name,
      parts: keys.parts,
      ignoredBody: rule?.ignore_body ?? [],
      isCanonical: rule !== null && (rule.canonical || rule.ignore_body.length > 0),
      ...(await storedUnder(keys, { stored, nowMs: exchange.gateway.clock.nowMs() })),
    },
  };
}

/** The answer there is, as lookUpCache finds it: under its key, else fresh in its other form. */
async function storedUnder(
  { key, otherKey, origin, form }: StepKeys,
  { stored, nowMs }: Pick<ExplainOptions, "stored"> & { readonly nowMs: number },
): Promise<Pick<CacheEntryTerms, "stored" | "isOtherForm">> {
  const ofOrigin = (answer: StoredAnswer | null | "unknown") =>
    answer === null || answer === "unknown" || answer.head.origin === origin ? answer : null;
  const found = ofOrigin(await stored(key));
  if (found === "unknown" || (found !== null && found.head.freshUntilMs > nowMs) || otherKey === null || form === null)
    return { stored: found, isOtherForm: false };
  const other = ofOrigin(await stored(otherKey()));
  const isUsable = other !== null && other !== "unknown" && other.head.freshUntilMs > nowMs;
  const converted = isUsable ? convertCached(other, form.of, form.asked) : null;
  return converted === null ? { stored: found, isOtherForm: false } : { stored: converted, isOtherForm: true };
}

/** What has the answer cached: the client's own key, a rule, or the gateway. */
function cachedBy({ cache }: CachedStep, rule: CacheRule | null, decisive: number): string {
  if (cache.name !== null) return "the request names a cf-aig-cache-key";
  if (rule?.ttl != null) return `rule ${decisive + 1} gives it a lifetime`;
  return "the gateway's cache_ttl gives it a lifetime";
}

function withoutLifetime(rule: CacheRule | null, { cache }: CachedStep): string {
  const nobody = rule === null ? "no rule holds" : "the rule that holds sets no ttl";
  const asked = cache.lifetimeSeconds === null ? "" : "; cf-aig-cache-ttl alone turns no cache on";
  return `the gateway's cache_ttl is 0, ${nobody}, and the request names no cf-aig-cache-key${asked}`;
}

function notCached(reason: string, rules: readonly RuleVerdict[] = []): CacheExplanation {
  return { outcome: "not_cached", reason, fault: null, rules, entry: null };
}
