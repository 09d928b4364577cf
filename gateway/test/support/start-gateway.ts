import { writeFileSync } from "node:fs";
import { strictNetwork } from "../../src/core/address-policy.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { ExchangeBodies, ExchangeRecord } from "../../src/core/exchange.ts";
import type { GatewayEvent } from "../../src/core/gateway-event.ts";
import { defaultGatewaySettings } from "../../src/core/gateway-settings.ts";
import type { AccountConfig, GatewayConfig, GatewaySettings, SemanticConfig } from "../../src/core/gateway-settings.ts";
import { type HeldResources, type ProxyOptions, startProxy } from "../../src/http/start-proxy.ts";
import type { RequestFault } from "../../src/pipeline/gateway.ts";
import { openInstallationKeys } from "../../src/secrets/installation-keys.ts";
import { settingsFilePath, settingsFileText } from "../../src/settings/settings-file.ts";
import { createMemoryJournal } from "../../src/stores/memory/memory-journal.ts";
import type { StoredObject } from "../../src/stores/ports/settings-store.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { testKeyMaterial } from "./test-keys.ts";

/** What a test changes of a gateway; the rest is the configuration's defaults, on a free port of 127.0.0.1. */
export interface GatewayOptions {
  readonly accounts?: Readonly<Record<string, AccountConfig>>;
  /** Gateways of the account `default` besides its own `default`, each with what differs from plain settings. */
  readonly gateways?: Readonly<Record<string, Partial<GatewaySettings>>>;
  readonly providers?: GatewayConfig["providers"];
  readonly timeouts?: Partial<GatewayConfig["timeouts"]>;
  readonly limits?: Partial<GatewayConfig["limits"]>;
  readonly cache?: Partial<GatewayConfig["cache"]>;
  readonly streams?: Partial<GatewayConfig["streams"]>;
  readonly network?: Partial<GatewayConfig["network"]>;
  /** What was set through the API, besides the accounts above. */
  readonly objects?: readonly Pick<StoredObject, "accountId" | "kind" | "id" | "value">[];
  /** PEM of authorities trusted besides the built-in ones. */
  readonly extraAuthorities?: string;
  /** Unix socket of a control process; none unless given. */
  readonly controlSocket?: string;
  /** The machine's own unless given. */
  readonly clock?: Clock;
  /** Counters, cached answers and the key they are named under, shared with other gateways; its own when absent. */
  readonly shared?: Pick<ProxyOptions, "counters" | "sharedAnswers" | "hashKey">;
  readonly onFault?: (fault: RequestFault) => void;
}

/** A gateway in this process. */
export interface StartedGateway {
  readonly url: string;
  readonly port: number;
  /** Every record so far, in the order they were appended. */
  records(): readonly ExchangeRecord[];
  recordCount(): number;
  /** What was told besides records, in order. */
  events(): readonly GatewayEvent[];
  /** What was kept with each record. */
  bodies(): readonly (ExchangeBodies | null)[];
  /** The record with that log id. */
  recordOf(logId: string): ExchangeRecord | undefined;
  /** Connections and deadlines held now. */
  held(): HeldResources;
  /** Stops listening, lets what is under way end within `graceMs` (0), and breaks the rest. */
  stop(graceMs?: number): Promise<void>;
}

/** The configuration file says what it said at the start. */
const noPart = { startId: "none", accounts: {}, providers: {} };

/** Starts a gateway whose records stay in memory. */
export async function startGateway(options: GatewayOptions = {}): Promise<StartedGateway> {
  const journal = createMemoryJournal();
  const directory = temporaryDirectory();
  writeFileSync(
    settingsFilePath(directory.path),
    settingsFileText({ version: 1, objects: storedObjects(options) }, noPart),
  );
  const proxy = startProxy({
    config: { ...testConfig(options), dataDirectory: directory.path },
    journal,
    controlSocket: options.controlSocket ?? null,
    reusePort: false,
    startId: "start",
    keys: openInstallationKeys(testKeyMaterial),
    ...(options.extraAuthorities === undefined ? {} : { extraAuthorities: options.extraAuthorities }),
    ...options.shared,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.onFault === undefined ? {} : { onFault: options.onFault }),
  });
  return {
    url: `http://127.0.0.1:${proxy.port}`,
    port: proxy.port,
    records: () => journal.records,
    recordCount: () => journal.records.length,
    events: () => journal.events,
    bodies: () => journal.bodies,
    recordOf: recordIndex(journal.records),
    held: () => proxy.held,
    async stop(graceMs = 0) {
      await proxy.stop(graceMs);
      journal.close();
      directory[Symbol.dispose]();
    },
  };
}

function storedObjects({ objects = [] }: GatewayOptions): StoredObject[] {
  return objects.map((object) => ({ ...object, source: "store", createdAtMs: 0, modifiedAtMs: 0 }));
}

function recordIndex(records: readonly ExchangeRecord[]): (logId: string) => ExchangeRecord | undefined {
  const byId = new Map<string, ExchangeRecord>();
  let indexed = 0;
  return (logId) => {
    for (; indexed < records.length; indexed += 1)
      byId.set((records[indexed] as ExchangeRecord).id, records[indexed] as ExchangeRecord);
    return byId.get(logId);
  };
}

/** Compares no questions, unless a test says otherwise. */
const plainSemantic: SemanticConfig = {
  encoder: "none",
  module: null,
  endpoint: null,
  guards: "strict",
  timeout_ms: 250,
  max_entries: 1000,
  max_waiting: 32,
};

function testConfig(options: GatewayOptions): GatewayConfig {
  const settings = defaultGatewaySettings;
  const gateways = Object.fromEntries(
    Object.entries(options.gateways ?? {}).map(([id, changes]) => [id, { ...settings, ...changes }]),
  );
  return {
    host: "127.0.0.1",
    port: 0,
    workers: 0,
    allowsOpen: false,
    dataDirectory: "",
    accounts: options.accounts ?? {
      default: { gateways: { default: settings, ...gateways }, logpush: [], providers: {} },
    },
    providers: options.providers ?? {},
    timeouts: {
      connect_ms: 2000,
      first_byte_ms: 20_000,
      idle_ms: 20_000,
      total_ms: 0,
      client_head_ms: 10_000,
      client_write_ms: 20_000,
      keep_alive_ms: 30_000,
      shutdown_ms: 1000,
      ...options.timeouts,
    },
    limits: { max_body_bytes: 104_857_600, max_replay_bytes: 4_194_304, ...options.limits },
    streams: { keep_alive_ms: 0, ...options.streams },
    journal: { segment_bytes: 67_108_864, max_bytes: 2_147_483_648 },
    logs: { max_body_bytes: 1_048_576 },
    cache: { max_memory_bytes: 16_777_216, max_disk_bytes: 268_435_456, semantic: plainSemantic, ...options.cache },
    analytics: { keep_minutes_days: 35, keep_hours_days: 400, keep_days_days: 3650 },
    audit: { keep_days: 400 },
    prices: {},
    network: { ...strictNetwork, ...options.network },
    sign_in: { oidc: null },
    billing: { meter_events_url: null },
    alerts: { webhook: null },
  };
}
