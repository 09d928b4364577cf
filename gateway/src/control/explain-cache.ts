import type { CacheExplanation } from "../cache/cache-explanation.ts";
import { createKeyDeriver } from "../cache/derive-key.ts";
import { systemClock } from "../core/clock.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { openCache } from "../http/open-cache.ts";
import { RequestBody } from "../http1/request-body.ts";
import type { ResponseSink } from "../http1/response-sink.ts";
import type { ExplainedRequest } from "../management/limits/explained-request.ts";
import { explainCache } from "../pipeline/explain-cache.ts";
import type { Gateway } from "../pipeline/gateway.ts";
import { compileProviders } from "../providers/registry.ts";
import { createCredentialHasher } from "../secrets/hash-credential.ts";
import { loadHashKey } from "../secrets/hash-key.ts";
import type { InstallationKeys } from "../secrets/installation-keys.ts";
import { accessTokenOf } from "../settings/access-token-object.ts";
import { activateSettings } from "../settings/active-settings.ts";
import type { Settings } from "./start-settings.ts";

/** What it takes to say what workers would do. */
export interface CacheExplainerOptions {
  readonly config: GatewayConfig;
  readonly settings: Pick<Settings, "desk" | "providers">;
  readonly keys: InstallationKeys;
}

/** Says what the cache of the workers would do with a request, from their own functions, files and key. */
export function createCacheExplainer(
  options: CacheExplainerOptions,
): (request: ExplainedRequest) => Promise<CacheExplanation> {
  const { config, settings: set, keys } = options;
  const secret = loadHashKey(config.dataDirectory);
  const { max_disk_bytes: diskBytes, max_memory_bytes: memoryBytes } = config.cache;
  // Nothing is kept here: what a worker renews would be old here.
  const cache = { ...config.cache, max_memory_bytes: 0 };
  const files = openCache({ config: { ...config, cache }, secret, clock: systemClock, onFault: () => {} });
  const isOn = diskBytes > 0 || memoryBytes > 0;
  return (asked) => {
    const model = set.desk.current;
    const settings = activateSettings(model, { builtIn: compileProviders(set.providers()), keys });
    const gateway = {
      config,
      settings,
      cache: isOn ? (files ?? { keys: createKeyDeriver(secret) }) : null,
      clock: systemClock,
      hashCredential: createCredentialHasher(secret),
      // The stages up to the cache touch nothing else.
    } as unknown as Gateway;
    const token = asked.tokenId === null ? undefined : model.get(asked.accountId, "token", asked.tokenId);
    return explainCache({
      gateway,
      request: requestOf(asked),
      token: token === undefined ? null : accessTokenOf(token),
      stored: (key) => (files === null ? "unknown" : files.get(key, systemClock.nowMs())),
    });
  };
}

const NO_SOURCE = { setReading: () => {}, bodyWanted: () => {} };
const nobody = { listener: { drained: () => {}, clientGone: () => {} } } as unknown as ResponseSink;

function requestOf({ accountId, gateway, provider, path, method, headers, body: bytes }: ExplainedRequest) {
  const framing = { kind: "length", sizeBytes: bytes.length } as const;
  const body = new RequestBody({ framing, source: NO_SOURCE, limitBytes: bytes.length });
  body.push(bytes);
  const head = {
    method,
    target: `/v1/${accountId}/${gateway}/${provider}/${path}`,
    headers: [...headers],
    framing,
    keepAlive: true,
    expectsContinue: false,
    isHttp10: false,
  };
  return { head, body, response: nobody, receivedAtMs: systemClock.monotonicMs(), remoteAddress: "127.0.0.1" };
}
