import type { KeyDeriver } from "../cache/derive-key.ts";
import { keyFields } from "../cache/key-fields.ts";
import { lifetimeSeconds } from "../cache/lifetime.ts";
import { DEFAULT_ALIAS } from "../core/stored-key.ts";
import { originKey } from "../http1/origin.ts";
import { touchesState } from "../providers/touches-state.ts";
import type { CacheKey, StoredAnswer } from "../stores/ports/cache-store.ts";
import { leadAnswer } from "./answer-lead.ts";
import type { Admitted } from "./authenticate.ts";
import type { Exchange } from "./exchange.ts";
import { hasOwnCredential } from "./has-own-credential.ts";
import type { Resolved } from "./resolve.ts";
import type { Step } from "./step.ts";

/** A cached answer to a step. */
export interface CacheHit {
  readonly step: Step;
  readonly answer: StoredAnswer;
}

/**
 * Whether the answer to a request is to be cached, as far as its headers say it (reference §3): its body is then needed whole.
 */
export function wantsCache({ settings }: Pick<Resolved, "settings">, step: Pick<Step, "cache" | "method">): boolean {
  return step.method === "POST" && lifetimeOf(settings.cache_ttl, step) !== null;
}

/**
 * Stage 6: looks for an answer that was given before (reference §3). Where there is none, the answer that will be given is led into the
 * cache: `exchange.lead` then takes it in as it is delivered. What only its maker may have, such as a response that is kept at the
 * provider, is cached only where the client names a key itself.
 * @returns the answer; null when the provider has to be asked.
 */
export async function lookUpCache(
  exchange: Exchange,
  admitted: Admitted,
  step: Step | undefined,
): Promise<CacheHit | null> {
  const { cache, clock } = exchange.gateway;
  if (cache === null || step === undefined) return null;
  const seconds = lifetimeOf(admitted.settings.cache_ttl, step);
  if (seconds === null || step.method !== "POST" || exchange.isSocket) return null;
  if (!Buffer.isBuffer(step.body) || (step.cache.name === null && touchesState(step.path, step.body))) return null;
  const key = keyOf(cache.keys, admitted, { ...step, body: step.body });
  const origin = originOf(admitted, step);
  if (!step.cache.isSkipped) {
    const answer = await cache.get(key, clock.nowMs());
    if (answer !== null && answer.head.origin === origin) return { step, answer };
  }
  const stamp = cache.stamp([]);
  const writer = cache.write(key);
  if (writer !== null) {
    exchange.lead = leadAnswer(exchange.gateway, writer, { step, lifetimeSeconds: seconds, origin, stamp });
  }
  return null;
}

function lifetimeOf(gatewaySeconds: number | null, { cache }: Pick<Step, "cache">): number | null {
  return lifetimeSeconds({ gatewaySeconds, askedSeconds: cache.lifetimeSeconds, isNamed: cache.name !== null });
}

function keyOf(keys: KeyDeriver, admitted: Admitted, step: Step & { readonly body: Buffer }): CacheKey {
  const { accountId, gatewayId, account } = admitted;
  const tenant = { accountId, gatewayId, revision: account.revisionOf("gateway", gatewayId) };
  if (step.cache.name !== null) return keys.ofName(tenant, step.cache.name);
  return keys.ofRequest({
    tenant,
    provider: step.provider.slug,
    origin: originOf(admitted, step),
    method: step.method,
    target: step.upstream.target,
    alias: hasOwnCredential(step) ? "" : aliasOf(admitted, step),
    fields: keyFields(step.upstream.headers),
    body: step.body,
  });
}

/** The stored keys of one alias count as one: whichever of them is taken, the answer is the same account's. */
function aliasOf({ account, gatewayId }: Admitted, { credential, provider }: Step): string {
  if (credential.alias !== null) return credential.alias;
  const stored = account.keysOf(gatewayId, provider.slug).find(({ isDefault }) => isDefault);
  return stored?.alias ?? DEFAULT_ALIAS;
}

/** Where an answer comes from: a provider that is moved or changed has other answers. */
function originOf({ account }: Admitted, { provider, upstream }: Step): string {
  return `${provider.slug} ${account.revisionOf("custom-provider", provider.slug)} ${originKey(upstream.origin)}`;
}
