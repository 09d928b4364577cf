import { errorCatalogue, type ErrorDefinition, GatewayError } from "../core/errors.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";
import { DEFAULT_ALIAS, type StoredKey } from "../core/stored-key.ts";
import { collectBody } from "../http1/collect-body.ts";
import { applyKey, UnusableSecret } from "../providers/apply-key.ts";
import { withParameter } from "../providers/query-parameters.ts";
import type { UpstreamTarget } from "../providers/route-upstream.ts";
import { touchesState } from "../providers/touches-state.ts";
import { chooseKey } from "../routing/choose-key.ts";
import { isKeyFailure, restMs, UNUSABLE_REST_MS } from "../routing/key-health.ts";
import { type ClaimedKey, claimKey } from "./claim-key.ts";
import type { Exchange } from "./exchange.ts";
import { isAskedByOtherSite } from "./asked-by-other-site.ts";
import { hasOwnCredential } from "./has-own-credential.ts";
import { isSuccess } from "./is-success.ts";
import type { Resolved } from "./resolve.ts";
import type { Step } from "./step.ts";

/** What a try is sent with. */
export interface PreparedTry {
  readonly upstream: UpstreamTarget;
  readonly body: Step["body"];
}

/** The credentials of one step: which one its next try goes with, and whether there is another. */
export interface StepCredentials {
  /** The stored key of the newest try; null for the request's own credential, or none. */
  readonly key: StoredKey | null;
  /**
   * Gets the next try ready. After a key failed in a pool the next one is taken, else all may be taken again.
   * @throws GatewayError unauthorized (2009), rateLimited (2003) when all keys are over their rate limits, unknownStoredKey (2040), credentialMissing (9010), storedKeyUnusable (9011), bodyTooLarge (3006), and what a
   * provider's credential step throws.
   */
  prepare(): PreparedTry | Promise<PreparedTry>;
  /** Notes how the provider took the key: a refused or exhausted one rests. */
  heard(status: number, retryAfterMs: number | null): void;
  /** Whether the newest try failed for its key and another key is ready; the next `prepare` then takes that one. */
  rotate(): Promise<boolean>;
  /** The newest try was sent to nobody: it counts in no key's rate limit. */
  giveBack(): void;
}

/** Keys that are tried one after the other before the failure counts as that of a try. */
const MAX_KEYS_PER_TRY = 10;

/** Largest body that is held to be signed. */
const MAX_SIGNED_BYTES = 32 * 1024 * 1024;

/**
 * Chooses the credential of a step's tries (reference §9.3): what the request carries itself, else a stored key of the alias it names,
 * or of the default one. Of several keys under one alias each try takes one (`chooseKey`); requests whose state stays with the
 * credential that made it keep to one key (docs/guides/keep-provider-keys.md).
 */
export function chooseCredential(exchange: Exchange, resolved: Resolved, step: Step): StepCredentials {
  const { gateway } = exchange;
  const { keyHealth: health, clock } = gateway;
  const tried = new Set<string>();
  let pool: readonly StoredKey[] | null = null;
  let affinity: string | null = null;
  let key: StoredKey | null = null;
  let hasFailed = false;
  let counted: ClaimedKey["reservation"] = null;
  /** The key that takes the place of one that failed. */
  let next: ClaimedKey | null = null;
  let body = step.body;
  const claim = (): Promise<ClaimedKey | null> =>
    claimKey(exchange, pool ?? [], (keys) =>
      chooseKey(keys, { health, tried, nowMs: clock.monotonicMs(), affinity, random: Math.random }),
    );

  function openPool(): readonly StoredKey[] {
    const keys = hasOwnCredential(step) ? null : keysOfAlias(resolved, step);
    if (keys !== null && keys.length > 0) refuseOtherSites(exchange, resolved);
    if (keys !== null && keys.length > 1) affinity = affinityOf(exchange, step);
    return keys ?? [];
  }

  async function keyed(): Promise<PreparedTry> {
    const rotated = next;
    next = null;
    key = null;
    counted = null;
    hasFailed = false;
    if (rotated === null) tried.clear();
    const { key: chosen, reservation } = rotated ?? ((await claim()) as ClaimedKey);
    tried.add(chosen.fullId);
    key = chosen;
    counted = reservation;
    try {
      const secret = await secretOf(exchange, chosen);
      const region = step.provider.provider.signingRegion?.(secret) ?? null;
      if (region !== null) body = await wholeBody(exchange, body);
      const upstream = keyedTarget(exchange, { step, body, secret, region });
      const { prepareCredential } = step.provider;
      if (prepareCredential === undefined) return { upstream, body };
      return { upstream: { ...upstream, headers: await prepareCredential(upstream.headers) }, body };
    } catch (error) {
      const told = aboutKey(error, chosen);
      hasFailed = told !== error;
      if (hasFailed) health.rest(chosen.fullId, UNUSABLE_REST_MS, null);
      throw told;
    }
  }

  return {
    get key() {
      return key;
    },
    prepare() {
      pool ??= openPool();
      return pool.length === 0 ? ownTry(step, body) : keyed();
    },
    heard(status, retryAfterMs) {
      if (key === null) return;
      hasFailed = isKeyFailure(status);
      if (hasFailed) health.rest(key.fullId, restMs(status, retryAfterMs), status);
      else if (isSuccess(status)) health.recover(key.fullId);
    },
    async rotate() {
      if (!hasFailed || tried.size >= MAX_KEYS_PER_TRY || !isRepeatable(body)) return false;
      // Where the others are over their rate limits, the client is told how this one failed.
      next = await claim().catch(() => null);
      return next !== null;
    },
    giveBack() {
      if (counted !== null) void gateway.counters.settle(counted, [0]);
      counted = null;
    },
  };
}

/**
 * Lends no stored key of a gateway that asks for no token to pages of other sites, which reach whatever their visitor's browser does.
 * @throws GatewayError unauthorized (2009).
 */
function refuseOtherSites({ request, gateway }: Exchange, { settings, form }: Resolved): void {
  const { allowsOpen } = gateway.config;
  if (settings.authentication || !isAskedByOtherSite(request, { form, allowsOpen })) return;
  throw new GatewayError("unauthorized", {
    message:
      "Unauthorized: pages of other sites may not use the stored keys of a gateway that asks for no token. " +
      "Turn on authentication for it and send a token, or send the provider's key",
    cause: "other_site",
  });
}

/** A try with what the request carries, which a provider's credential step may change. */
function ownTry({ provider, upstream }: Step, body: Step["body"]): PreparedTry | Promise<PreparedTry> {
  if (provider.prepareCredential === undefined) return { upstream, body };
  const prepared = provider.prepareCredential(upstream.headers);
  const tryWith = (headers: HeaderList): PreparedTry => ({ upstream: { ...upstream, headers }, body });
  return prepared instanceof Promise ? prepared.then(tryWith) : tryWith(prepared as HeaderList);
}

/** The stored keys a step may use; none where it goes without a credential. */
function keysOfAlias({ account, gatewayId }: Resolved, step: Step): readonly StoredKey[] {
  const { slug } = step.provider;
  const keys = account.keysOf(gatewayId, slug);
  const alias = step.credential.alias ?? keys.find(({ isDefault }) => isDefault)?.alias ?? DEFAULT_ALIAS;
  const pool = keys.filter((candidate) => candidate.alias === alias);
  if (pool.length > 0) return pool;
  if (step.credential.alias !== null) {
    const aliases = [...new Set(keys.map((candidate) => `'${candidate.alias}'`))].join(", ");
    throw new GatewayError("unknownStoredKey", {
      message: `Provider '${slug}' has no BYOK credential named '${alias.slice(0, 64)}'. Configured aliases: ${aliases || "none"}`,
      path: "cf-aig-byok-alias",
      cause: "unknown_alias",
    });
  }
  if (!step.credential.isRequired) return [];
  throw new GatewayError("credentialMissing", {
    message:
      `No credential for provider '${slug}': the request carries none, and the gateway has no stored key '${alias}' for it. ` +
      "Send the provider's key, or store one",
    cause: "no_credential",
  });
}

/** What keeps a request to one key of its pool: the session it names, or state that stays with one credential. */
function affinityOf(exchange: Exchange, { path, body }: Step): string | null {
  const session = headerValue(exchange.request.head.headers, "x-session-affinity");
  if (session !== undefined && session !== "") return `session ${session}`;
  const start = body === null || Buffer.isBuffer(body) ? body : body.peek();
  return touchesState(path, start) ? "state" : null;
}

async function secretOf({ gateway }: Exchange, { secret }: StoredKey): Promise<string> {
  if ("text" in secret) return secret.text;
  if ("fault" in secret) throw new UnusableSecret(secret.fault);
  const text = await gateway.readReference(secret.reference);
  if (text === null) throw new UnusableSecret(`there is nothing at ${secret.reference}`);
  return text;
}

/** The body at hand, which is to be signed. */
async function wholeBody(exchange: Exchange, body: Step["body"]): Promise<Buffer | null> {
  if (body === null || Buffer.isBuffer(body)) return body;
  const startedAtMs = exchange.gateway.clock.monotonicMs();
  const whole = await collectBody(body, MAX_SIGNED_BYTES);
  exchange.clientWaitMs += exchange.gateway.clock.monotonicMs() - startedAtMs;
  if (whole !== null) return whole;
  throw new GatewayError("bodyTooLarge", {
    message: `A body that has to be signed may have ${MAX_SIGNED_BYTES} bytes`,
  });
}

interface KeyedStep {
  readonly step: Step;
  readonly body: Step["body"];
  readonly secret: string;
  /** Region of a secret that signs; null for others. */
  readonly region: string | null;
}

/** The step's target with the secret on it. A signature comes last, as it is about the target; other secrets may decide on it. */
function keyedTarget({ gateway }: Exchange, { step, body, secret, region }: KeyedStep): UpstreamTarget {
  const keyed = (upstream: UpstreamTarget): UpstreamTarget => {
    const { hostHeader, target, headers, signing } = upstream;
    const bytes = Buffer.isBuffer(body) ? body : null;
    const request = {
      method: step.method,
      hostHeader,
      target,
      headers,
      body: bytes,
      signing,
      nowMs: gateway.clock.nowMs(),
    };
    return { ...upstream, headers: applyKey(step.provider.provider, request, secret) };
  };
  const { upstream, reroute } = step;
  const keyParameter = step.isSocket === true ? step.provider.provider.socket?.keyParameter : undefined;
  if (keyParameter !== undefined) {
    return { ...upstream, target: withParameter(upstream.target, keyParameter, secret.trim()) };
  }
  if (reroute === undefined) return keyed(upstream);
  return region === null ? reroute(keyed(upstream).headers, null) : keyed(reroute(upstream.headers, region));
}

/** What a client is answered whose own credential is broken, or lacks what the path needs. */
const CREDENTIAL_FAULTS: ReadonlySet<ErrorDefinition> = new Set([
  errorCatalogue.invalidRequest,
  errorCatalogue.compatRefused,
]);

/**
 * A fault of a stored key told with its alias, and with nothing of its text; other faults as they are. What would be the client's fault
 * had it sent that credential is the gateway's here.
 */
function aboutKey(error: unknown, { alias, providerSlug }: StoredKey): unknown {
  const name = `stored key '${alias}' of provider '${providerSlug}'`;
  if (error instanceof GatewayError && error.details.cause === "credential_refused") {
    return new GatewayError("upstreamFailed", { ...error.details, message: `${error.message}, the ${name}` });
  }
  const isInvalid = error instanceof GatewayError && CREDENTIAL_FAULTS.has(error.definition);
  if (!isInvalid && !(error instanceof UnusableSecret)) return error;
  const told = (isInvalid ? error.details.explanation : undefined) ?? error.message;
  // A client would have sent it there.
  const reason = told.replace(" in the authorization header", "");
  return new GatewayError("storedKeyUnusable", {
    message: `The ${name} cannot be used: ${reason}`,
    cause: "stored_key_unusable",
  });
}

function isRepeatable(body: Step["body"]): boolean {
  return body === null || Buffer.isBuffer(body);
}
