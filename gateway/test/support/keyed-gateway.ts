import { afterEach, beforeEach } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../src/core/clock.ts";
import type { ExchangeRecord } from "../../src/core/exchange.ts";
import { defaultGatewaySettings, type GatewaySettings, type KeyConfig } from "../../src/core/gateway-settings.ts";
import { type StartedGateway, startGateway } from "./start-gateway.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A request as it reached a provider. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The credential without its scheme; null for none. */
  readonly key: string | null;
}

/** A stored key as a test names it. */
export type TestKey = Pick<KeyConfig, "provider" | "reference"> & Partial<KeyConfig>;

/** A gateway with stored keys, before a provider that tells which key it was asked with. */
export interface KeyedGateway {
  /** Requests that reached the provider, in order; a test may empty it. */
  readonly seen: SeenRequest[];
  /** What the provider answers; null for an answer of status 200. */
  answers: (seen: SeenRequest) => Response | null;
  /** How far the gateway's clock is ahead, in milliseconds. */
  skewMs: number;
  readonly directory: string;
  /** @param port of another provider than its own; its own when absent. */
  start(keys: readonly TestKey[], settings?: Partial<GatewaySettings>, port?: number): Promise<void>;
  stop(): Promise<void>;
  /** A reference to a secret, `name` unless `text` is given. */
  stored(name: string, text?: string): string;
  /** Posts to a path below the gateway. */
  ask(path: string, headers?: Record<string, string>, body?: unknown): Promise<Response>;
  records(): readonly ExchangeRecord[];
  /** Address of the gateway `default` of the account `default`. */
  readonly url: string;
}

const providers = ["openai", "anthropic", "google-ai-studio", "aws-bedrock", "google-vertex-ai", "elevenlabs"];

/** The body that `ask` sends by itself. */
export const chatBody = { model: "m", messages: [] };

/** Status, code and message of an error the gateway made. */
export async function errorOf(response: Response): Promise<{ status: number; code: number; message: string }> {
  const { internalCode, message } = (await response.json()) as { internalCode: number; message: string };
  return { status: response.status, code: internalCode, message };
}

/** One for each test of the file it is called in. */
export function eachKeyedGateway(): () => KeyedGateway {
  let current: KeyedGateway & { end(): Promise<void> };
  beforeEach(() => {
    current = openKeyedGateway();
  });
  afterEach(() => current.end());
  return () => current;
}

function openKeyedGateway(): KeyedGateway & { end(): Promise<void> } {
  const directory = temporaryDirectory();
  let started: StartedGateway | null = null;
  const clock: Clock = {
    nowMs: () => Date.now() + keyed.skewMs,
    monotonicMs: () => performance.now() + keyed.skewMs,
  };
  const upstream = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const one = await seenRequest(request);
      keyed.seen.push(one);
      return keyed.answers(one) ?? Response.json({ id: "x", object: "chat.completion", choices: [] });
    },
  });
  const keyed: KeyedGateway & { end(): Promise<void> } = {
    seen: [],
    answers: () => null,
    skewMs: 0,
    directory: directory.path,
    async start(keys, settings = {}, port = upstream.port) {
      const all = keys.map((key): KeyConfig => ({ alias: "default", isDefault: false, weight: 1, ...key }));
      started = await startGateway({
        clock,
        accounts: {
          default: {
            gateways: { default: { ...defaultGatewaySettings, ...settings } },
            logpush: [],
            providers: {},
            keys: { default: all },
          },
        },
        providers: Object.fromEntries(
          providers.map((slug) => [slug, { base_url: `http://127.0.0.1:${port}`, dialect: null }]),
        ),
      });
    },
    async stop() {
      await started?.stop();
      started = null;
    },
    stored(name, text = name) {
      const path = join(directory.path, name);
      writeFileSync(path, text);
      return `file:${path}`;
    },
    ask: (path, headers = {}, body = chatBody) =>
      fetch(`${keyed.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      }),
    records: () => started?.records() ?? [],
    get url() {
      return `${started?.url}/v1/default/default`;
    },
    async end() {
      await keyed.stop();
      await upstream.stop(true);
      directory[Symbol.dispose]();
    },
  };
  return keyed;
}

async function seenRequest(request: Request): Promise<SeenRequest> {
  const { pathname, search } = new URL(request.url);
  const headers = Object.fromEntries(request.headers);
  const key = headers["x-api-key"] ?? headers["x-goog-api-key"] ?? headers["authorization"]?.replace("Bearer ", "");
  return { path: pathname + search, headers, body: await request.text(), key: key ?? null };
}
