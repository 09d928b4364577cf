import { randomBytes } from "node:crypto";
import type { AnswerCache } from "../cache/answer-cache.ts";
import { compileAddressPolicy } from "../core/address-policy.ts";
import { compileTrustedProxies } from "../core/client-address.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { DeadlineWheel } from "../core/deadline-wheel.ts";
import type { GatewayEvent } from "../core/gateway-event.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { listen, type Listener } from "../http1/listen.ts";
import { SCRATCH_BYTES } from "../http1/socket-writer.ts";
import { createUpstreamClient, type UpstreamClient, type UpstreamClientOptions } from "../http1/upstream-client.ts";
import type { Gateway, RequestFault } from "../pipeline/gateway.ts";
import { createModelList } from "../pipeline/model-list.ts";
import { followPriceFile } from "../prices/follow-price-file.ts";
import { openBundledPriceBook } from "../prices/open-bundled-price-book.ts";
import { priceFilePath } from "../prices/price-file.ts";
import type { InstallationKeys } from "../secrets/installation-keys.ts";
import { followSettings } from "../settings/follow-settings.ts";
import { settingsFilePath } from "../settings/settings-file.ts";
import { createKeyHealth } from "../routing/key-health.ts";
import { createCredentialHasher } from "../secrets/hash-credential.ts";
import { createReferenceReader } from "../secrets/reference-reader.ts";
import { createSecretResolver } from "../secrets/resolve-secret.ts";
import { createObservedCompletions } from "../limits/observed-completions.ts";
import type { CounterStore } from "../stores/ports/counter-store.ts";
import { openSharedCounterStore } from "../stores/shared-memory/shared-counter-store.ts";
import type { ExchangeJournal } from "../stores/ports/exchange-journal.ts";
import { type DescriptorBudget, descriptorBudget, descriptorLimit } from "../supervisor/descriptor-limit.ts";
import type { WorkerState } from "../supervisor/worker-board.ts";
import { refuseUnreadable } from "./answer-error.ts";
import { askSemantic } from "./ask-semantic.ts";
import { openCache, type OpenCacheOptions, type SharedAnswers } from "./open-cache.ts";
import { handleRequest, type Worker } from "./handle-request.ts";

/** What a proxy worker is started with. */
export interface ProxyOptions {
  readonly config: GatewayConfig;
  readonly journal: ExchangeJournal;
  /** Unix socket of the control process; null when there is none. */
  readonly controlSocket: string | null;
  /** True when several processes share the port. */
  readonly reusePort: boolean;
  /** Defaults to the machine's own. */
  readonly clock?: Clock;
  /** Key under which credentials are hashed to count users; one of its own for each start when absent. */
  readonly hashKey?: Buffer;
  readonly keys: InstallationKeys;
  /** What is counted against limits; counters of this worker alone when absent. */
  readonly counters?: CounterStore;
  /** Cached answers of several workers; files of this machine when absent. */
  readonly sharedAnswers?: SharedAnswers;
  /** Told of every event, which is in the journal by then. */
  readonly onEvent?: (event: GatewayEvent) => void;
  /** Told of errors that nobody threw on purpose; the client learns nothing of them. */
  readonly onFault?: (fault: RequestFault) => void;
  /** Names this start of the gateway. */
  readonly startId: string;
  /** Hash of `HEADGATE_ADMIN_TOKEN`; null or absent for none. */
  readonly adminTokenHash?: string | null;
  /** Certificate authorities trusted besides the built-in ones, PEM. */
  readonly extraAuthorities?: string;
  /** Told why a new price file is not used; the prices before it then stay in use. */
  readonly onPriceFileFault?: (problem: string) => void;
  /** Told why a new settings file is not used; the settings before it then stay in use. */
  readonly onSettingsFileFault?: (problem: string) => void;
  /** Told why there is no cache; requests are then served without one. */
  readonly onCacheFault?: (problem: string) => void;
}

/** What a worker holds at one moment. Without requests under way only kept connections and their deadlines are left. */
export interface HeldResources {
  readonly clientConnections: number;
  readonly idleUpstreamConnections: number;
  /** Entries of the deadline wheel. */
  readonly deadlines: number;
}

/** A running proxy worker. */
export interface Proxy {
  readonly port: number;
  /** What is open now; for tests and metrics. */
  readonly held: HeldResources;
  /** How it is at this moment, for whoever looks after the workers. */
  state(): Pick<WorkerState, "connections" | "refusedConnections" | "restingKeys">;
  /** Stops accepting, lets running exchanges end within `graceMs`, breaks the rest. The journal stays open. */
  stop(graceMs: number): Promise<void>;
}

/** Most resting keys that are told of. */
const MOST_RESTING_TOLD = 1000;

/** Largest request head, empty line included. */
const MAX_HEAD_BYTES = 64 * 1024;

/**
 * Starts a proxy worker on the configured address: the composition of the data plane.
 * @throws the system's error when the address cannot be bound, Error when the providers' configuration is wrong.
 */
export function startProxy(options: ProxyOptions): Proxy {
  const { config, journal } = options;
  const clock = options.clock ?? systemClock;
  const wheel = new DeadlineWheel(clock);
  const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  const budget = descriptorBudget(descriptorLimit());
  const maxIdleConnections = budget.idleUpstreamConnections;
  const upstream = openUpstreamClient(options, { clock, wheel, scratch, maxIdleConnections });
  const prices = followPriceFile({
    path: priceFilePath(config.dataDirectory),
    list: openBundledPriceBook(),
    settings: config.prices,
    onFault: options.onPriceFileFault ?? (() => {}),
  });
  const settings = followSettings({
    path: settingsFilePath(config.dataDirectory),
    part: config,
    startId: options.startId,
    adminTokenHash: options.adminTokenHash ?? null,
    keys: options.keys,
    onFault: options.onSettingsFileFault ?? (() => {}),
  });
  const hashKey = options.hashKey ?? randomBytes(32);
  const cache = openWorkerCache(options, { clock, secret: hashKey });
  const gateway: Gateway = {
    config,
    get settings() {
      return settings.current;
    },
    upstream,
    journal,
    get prices() {
      return prices.current;
    },
    modelList: createModelList(clock),
    keyHealth: createKeyHealth(clock),
    readReference: createReferenceReader(clock, createSecretResolver(config.dataDirectory)),
    trustedProxies: compileTrustedProxies(config.network.trusted_proxies),
    hashCredential: createCredentialHasher(hashKey),
    cache,
    semantic: askSemantic({ config, controlSocket: options.controlSocket, upstream }),
    counters: options.counters ?? ownCounters(clock),
    onEvent: eventTeller(options),
    onFault: options.onFault ?? (() => {}),
    completions: createObservedCompletions(),
    clock,
    wheel,
  };
  const listener = listenFor({ gateway, controlSocket: options.controlSocket }, options, { scratch, budget });
  return {
    port: listener.port,
    get held() {
      const clientConnections = listener.connectionCount;
      return { clientConnections, idleUpstreamConnections: upstream.idleCount, deadlines: wheel.size };
    },
    state: () => stateOf(gateway, listener),
    async stop(graceMs) {
      await listener.stop(graceMs);
      upstream.close();
      wheel.stop();
      prices.stop();
      settings.stop();
      await cache?.close();
    },
  };
}

function listenFor(
  worker: Worker,
  { config, reusePort }: ProxyOptions,
  { scratch, budget }: { readonly scratch: Buffer; readonly budget: DescriptorBudget },
): Listener {
  const { clock, wheel } = worker.gateway;
  return listen(
    {
      clock,
      wheel,
      handle: (request) => handleRequest(request, worker),
      refuse: refuseUnreadable,
      maxHeadBytes: MAX_HEAD_BYTES,
      maxBodyBytes: config.limits.max_body_bytes,
      clientHeadMs: config.timeouts.client_head_ms,
      clientWriteMs: config.timeouts.client_write_ms,
      keepAliveMs: config.timeouts.keep_alive_ms,
      scratch,
      isDraining: false,
    },
    { hostname: config.host, port: config.port, reusePort, maxConnections: budget.clientConnections },
  );
}

function openWorkerCache(
  { config, sharedAnswers, onCacheFault = () => {} }: ProxyOptions,
  own: Pick<OpenCacheOptions, "clock" | "secret">,
): AnswerCache | null {
  const shared = sharedAnswers === undefined ? {} : { shared: sharedAnswers };
  return openCache({ ...own, ...shared, config, onFault: onCacheFault });
}

function openUpstreamClient(
  { config, extraAuthorities }: ProxyOptions,
  shared: Pick<UpstreamClientOptions, "clock" | "wheel" | "scratch" | "maxIdleConnections">,
): UpstreamClient {
  return createUpstreamClient({
    ...shared,
    addressPolicy: compileAddressPolicy(config.network),
    ...(extraAuthorities === undefined ? {} : { extraAuthorities }),
  });
}

/** Keeps an event before anybody is told of it. */
function eventTeller({ journal, onEvent }: ProxyOptions): Gateway["onEvent"] {
  return (event) => {
    journal.tell(event);
    onEvent?.(event);
  };
}

function ownCounters(clock: Clock): CounterStore {
  return openSharedCounterStore({ path: null, uptimeMs: () => clock.monotonicMs(), nowMs: () => clock.nowMs() });
}

/** Times are those that other processes know. */
function stateOf(
  { keyHealth, clock }: Gateway,
  { connectionCount: connections, refusedCount: refusedConnections }: Listener,
): ReturnType<Proxy["state"]> {
  const aheadMs = clock.nowMs() - clock.monotonicMs();
  const at = (monotonicMs: number): number => Math.round(monotonicMs + aheadMs);
  const restingKeys = keyHealth.resting(MOST_RESTING_TOLD).map(({ keyId, status, sinceMs, readyAtMs }) => {
    return { keyId, status, sinceMs: at(sinceMs), untilMs: at(readyAtMs) };
  });
  return { connections, refusedConnections, restingKeys };
}
