import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../src/config/load-config.ts";
import { startControl } from "../../src/control/start-control.ts";
import { defaultGatewaySettings } from "../../src/core/gateway-settings.ts";
import { catalogue } from "../../src/providers/catalogue.ts";
import { startGateway, type StartedGateway } from "../support/start-gateway.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { testKeyMaterial } from "../support/test-keys.ts";
import { until } from "../support/until.ts";
import { startFuzzUpstream } from "./fuzz-upstream.ts";
import type { HttpGrammar } from "./http-requests.ts";
import { strangerUrls } from "./nasty-values.ts";

/** A worker and a control process's parts in this process, a provider behind them, and a stranger whom nobody may call. */
export interface FuzzStand extends AsyncDisposable {
  readonly gateway: StartedGateway;
  readonly grammar: HttpGrammar;
  readonly adminToken: string;
  /** Texts that may stand in no answer and no line of the log. */
  readonly secrets: readonly string[];
  /** For files that are fuzzed. */
  readonly directory: string;
  /** What the parts wrote to their logs that tells of a fault of their own, and of a secret. */
  logFaults(): readonly string[];
  /** Connections that a stranger got. */
  strangerConnections(): number;
  /** Waits until nothing is held any more; rejects saying what is. */
  letGo(): Promise<void>;
}

const adminToken = "hg-fuzz-admin-token-0123456789";
const storedKey = "sk-marked-secret-of-the-fuzz-run";
const faultEvents = /fault|uncaught|unhandled|failed/;

/** Starts one. Every built-in provider leads to the one of this stand, so nothing leaves the machine. */
export async function startFuzzStand(): Promise<FuzzStand> {
  const directory = temporaryDirectory();
  let strangers = 0;
  const stranger = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { open: () => void (strangers += 1), data: () => {} },
  });
  const upstream = startFuzzUpstream(`http://127.0.0.1:${stranger.port}/`);
  const secretFile = join(directory.path, "key");
  writeFileSync(secretFile, storedKey, { mode: 0o600 });
  const faults: string[] = [];
  const controlSocket = join(directory.path, "control.sock");
  const controlData = join(directory.path, "control");
  mkdirSync(controlData);
  const control = await startControl({
    config: parseConfig(
      `accounts: { default: { gateways: { default: { keys: [{ provider: openai, secret: "file:${secretFile}" }] } } } }`,
      { HEADGATE_DATA: controlData },
      { providerSlugs: ["openai"] },
    ).config,
    socketPath: controlSocket,
    dashboard: directory.path,
    documentation: directory.path,
    adminToken,
    startId: "start",
    configFile: null,
    keys: testKeyMaterial,
    log(_, event, fields = {}) {
      const text = JSON.stringify({ event, ...fields });
      if (faultEvents.test(event) || text.includes(storedKey)) faults.push(text);
    },
  });
  const gateway = await startGateway({ ...gatewayOptions(upstream.url, secretFile), controlSocket });
  return {
    gateway,
    adminToken,
    directory: directory.path,
    secrets: [storedKey],
    grammar: {
      providers: catalogue.map(({ slug }) => slug),
      gateways: ["default", "default", "locked", "cached", "limited"],
      strangers: strangerUrls(stranger.port),
    },
    logFaults: () => faults,
    strangerConnections: () => strangers,
    async letGo() {
      // Connections kept to ask again, each with its deadline, are held for nobody.
      upstream[Symbol.dispose]();
      const held = () => gateway.held();
      const isFree = (): boolean =>
        held().clientConnections === 0 && held().deadlines <= held().idleUpstreamConnections;
      await until("nothing is held", isFree, 15_000).catch((error: unknown) => {
        throw new Error(`${String(error)}: ${JSON.stringify(held())}`, { cause: error });
      });
    },
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await control.stop(0);
      upstream[Symbol.dispose]();
      stranger.stop(true);
      directory[Symbol.dispose]();
    },
  };
}

function gatewayOptions(upstreamUrl: string, secretFile: string): Parameters<typeof startGateway>[0] {
  const key = { provider: "openai", alias: "default", isDefault: true, weight: 1, reference: `file:${secretFile}` };
  const settings = defaultGatewaySettings;
  return {
    accounts: {
      default: {
        gateways: {
          default: settings,
          locked: { ...settings, authentication: true },
          cached: { ...settings, cache_ttl: 60 },
          limited: { ...settings, rate_limiting_limit: 5, rate_limiting_interval: 1 },
        },
        logpush: [],
        providers: {},
        keys: { default: [key] },
      },
    },
    providers: Object.fromEntries(
      catalogue.map(({ slug }) => [slug, { base_url: `${upstreamUrl}/v1`, dialect: null }]),
    ),
    limits: { max_body_bytes: 200_000 },
    timeouts: { client_head_ms: 400, keep_alive_ms: 5000, first_byte_ms: 1000, idle_ms: 1000, connect_ms: 1000 },
  };
}
