import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultGatewaySettings } from "../core/gateway-settings.ts";
import { ConfigError } from "./config-error.ts";
import { loadConfig, parseConfig } from "./load-config.ts";
import type { LoadedConfig } from "./load-config.ts";

const providerSlugs = ["openai", "anthropic", "google-ai-studio"];
const options = { providerSlugs, workingDirectory: "/srv/headgate", coreCount: 4 };

function parse(text: string | null, environment: Record<string, string> = {}): LoadedConfig {
  return parseConfig(text, environment, options);
}

/** The lines that tell the problems, without the heading. */
function problemLines(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n").slice(1);
    throw error;
  }
  return [];
}

describe("defaults", () => {
  test("without file and environment", () => {
    const { config, secrets, sources } = parse(null);
    expect(config).toEqual({
      host: "127.0.0.1",
      port: 8787,
      workers: 4,
      allowsOpen: false,
      dataDirectory: "/srv/headgate/data",
      accounts: {},
      providers: {},
      timeouts: {
        connect_ms: 10_000,
        first_byte_ms: 600_000,
        idle_ms: 300_000,
        total_ms: 0,
        client_head_ms: 30_000,
        client_write_ms: 60_000,
        keep_alive_ms: 75_000,
        shutdown_ms: 30_000,
      },
      limits: { max_body_bytes: 104_857_600, max_replay_bytes: 4_194_304 },
      streams: { keep_alive_ms: 0 },
      journal: { segment_bytes: 67_108_864, max_bytes: 2_147_483_648 },
      logs: { max_body_bytes: 1_048_576 },
      cache: {
        max_memory_bytes: 67_108_864,
        max_disk_bytes: 1_073_741_824,
        semantic: {
          encoder: "packaged",
          module: null,
          endpoint: null,
          guards: "strict",
          timeout_ms: 250,
          max_entries: 10_000,
          max_waiting: 32,
        },
      },
      analytics: { keep_minutes_days: 35, keep_hours_days: 400, keep_days_days: 3650 },
      audit: { keep_days: 400 },
      network: { allow_private: [], allow_http: false, trusted_proxies: [] },
      sign_in: { oidc: null },
      billing: { meter_events_url: null },
      alerts: { webhook: null },
      prices: {},
    });
    expect(secrets).toEqual({ adminToken: null, masterKey: null, newMasterKey: null });
    expect(sources).toEqual({ file: null, environment: [] });
  });

  test.each([
    "",
    "# nothing\n",
    "---\n",
    "\uFEFFlimits:\n",
    "accounts:\nproviders:\ntimeouts:\njournal:\n",
    "accounts: {}",
  ])("an empty file or section is as none: %j", (text) => expect(parse(text).config).toEqual(parse(null).config));
});

describe("accepted", () => {
  test("the example of the documentation", () => {
    const { config } = parse(`
accounts: { default: { gateways: { default: {}, prod: { retry_max_attempts: 3, retry_delay: 200, retry_backoff: exponential } } } }
providers:
  openai: { base_url: "http://127.0.0.1:9000/v1/" }
  custom-vllm: { base_url: "http://10.0.0.5:8000", dialect: anthropic-messages }
  custom-Other_1: { base_url: "https://[::1]:8443" }
  google-ai-studio: { base_url: "https://{resource}.example.test/{deployment}/x" }
timeouts: { connect_ms: 1, total_ms: 86400000 }
limits: { max_body_bytes: 0x100 }
`);
    expect(config.accounts["default"]?.gateways).toEqual({
      default: defaultGatewaySettings,
      prod: { ...defaultGatewaySettings, retry_max_attempts: 3, retry_delay: 200, retry_backoff: "exponential" },
    });
    expect(config.providers).toEqual({
      openai: { base_url: "http://127.0.0.1:9000/v1", dialect: null },
      "custom-vllm": { base_url: "http://10.0.0.5:8000", dialect: "anthropic-messages" },
      "custom-Other_1": { base_url: "https://[::1]:8443", dialect: "openai-chat" },
      "google-ai-studio": { base_url: "https://{resource}.example.test/{deployment}/x", dialect: null },
    });
    expect(config.timeouts).toMatchObject({ connect_ms: 1, total_ms: 86_400_000, idle_ms: 300_000 });
    expect(config.limits.max_body_bytes).toBe(256);
  });

  test("accounts and gateways: listed ones alone, numeric names kept as written", () => {
    const { accounts } = parse(
      "accounts: { 007: { gateways: { 1e3: } }, acme:, constructor: { gateways: { toString: {} } } }",
    ).config;
    expect(Object.keys(accounts).sort()).toEqual(["007", "acme", "constructor"]);
    expect(Object.keys(accounts["007"]!.gateways).sort()).toEqual(["1e3"]);
    expect(accounts["acme"]!.gateways).toEqual({});
    expect(accounts["constructor"]!.gateways).toEqual({ toString: defaultGatewaySettings });
  });

  test("an account's own providers", () => {
    const { accounts } = parse(
      'accounts: { a: { providers: { custom-x: { base_url: "http://h/" } } }, b: { providers: } }',
    ).config;
    expect(accounts["a"]!.providers).toEqual({ "custom-x": { base_url: "http://h", dialect: "openai-chat" } });
    expect(accounts["b"]!.providers).toEqual({});
    expect(problemLines(() => parse('accounts: { a: { providers: { openai: { base_url: "http://h" } } } }'))).toEqual([
      'headgate.yaml:1:31  accounts.a.providers.openai: unknown provider; custom providers start with "custom-"',
    ]);
  });

  test("names of built-in object members find nothing", () => {
    const { accounts, providers } = parse("accounts: { a: }").config;
    for (const record of [accounts, accounts["a"]!.gateways, providers]) {
      for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"])
        expect(record[name]).toBeUndefined();
    }
  });

  test("an alias stands for the anchor's value", () => {
    const { accounts } = parse("accounts: { a: { gateways: { x: &x { retry_delay: 5 }, y: *x } } }").config;
    expect(accounts["a"]!.gateways["y"]).toEqual({ ...defaultGatewaySettings, retry_delay: 5 });
  });

  test("environment names are not expanded in the file", () => {
    const lines = problemLines(() => parse('timeouts: { idle_ms: "${IDLE}" }', { IDLE: "5" }));
    expect(lines).toEqual([
      'headgate.yaml:1:13  timeouts.idle_ms: expected an integer from 0 to 86400000, got "${IDLE}"',
    ]);
  });

  test("environment variables, secrets apart", () => {
    const loaded = parse(null, {
      HOST: "::",
      PORT: "0",
      HEADGATE_DATA: "../elsewhere",
      HEADGATE_WORKERS: "0",
      HEADGATE_ADMIN_TOKEN: "admin-secret",
      HEADGATE_MASTER_KEY: "master-secret-of-32-characters-it-is",
    });
    expect(loaded.config).toMatchObject({ host: "::", port: 0, workers: 0, dataDirectory: "/srv/elsewhere" });
    expect(loaded.secrets).toEqual({
      adminToken: "admin-secret",
      masterKey: "master-secret-of-32-characters-it-is",
      newMasterKey: null,
    });
    expect(JSON.stringify([loaded.config, loaded.sources])).not.toContain("-secret");
  });
});

describe("files", () => {
  const directory = mkdtempSync(join(tmpdir(), "headgate-config-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const load = (workingDirectory: string, environment: Record<string, string> = {}) =>
    loadConfig({ providerSlugs, workingDirectory, environment, coreCount: 1 });
  const folder = (name: string, files: Record<string, string | Uint8Array>): string => {
    const path = join(directory, name);
    mkdirSync(path);
    for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
    return path;
  };

  test("headgate.yaml of the working directory is read, and may be missing", () => {
    const loaded = load(folder("present", { "headgate.yaml": "timeouts: { idle_ms: 7 }" }));
    expect(loaded.config.timeouts.idle_ms).toBe(7);
    expect(loaded.sources).toEqual({ file: "headgate.yaml", environment: [] });
    expect(load(folder("absent", {})).sources.file).toBeNull();
  });

  test("HEADGATE_CONFIG goes before headgate.yaml", () => {
    const path = folder("named", { "headgate.yaml": "broken: 1", "other.yaml": "timeouts: { idle_ms: 8 }" });
    const loaded = load(path, { HEADGATE_CONFIG: "other.yaml" });
    expect(loaded.config.timeouts.idle_ms).toBe(8);
    expect(loaded.sources).toEqual({ file: "other.yaml", environment: ["HEADGATE_CONFIG"] });
    expect(load(path, { HEADGATE_CONFIG: join(path, "other.yaml") }).config.timeouts.idle_ms).toBe(8);
  });

  test("a named file that is missing is an error, told with the others", () => {
    const path = folder("missing", { "headgate.yaml": "" });
    expect(problemLines(() => load(path, { HEADGATE_CONFIG: "no.yaml", PORT: "x" }))).toEqual([
      'environment  HEADGATE_CONFIG: expected the path of a readable file, got "no.yaml" (no such file)',
      'environment  PORT: expected an integer from 0 to 65535, got "x"',
    ]);
  });

  test("a directory and bytes that are not UTF-8 are errors", () => {
    const path = folder("unreadable", { "headgate.yaml": new Uint8Array([0x61, 0xff]) });
    mkdirSync(join(path, "folder"));
    expect(problemLines(() => load(path))).toEqual(["headgate.yaml  cannot be read: it is not UTF-8 text"]);
    expect(problemLines(() => load(path, { HEADGATE_CONFIG: "folder" }))).toEqual([
      'environment  HEADGATE_CONFIG: expected the path of a readable file, got "folder" (it is a directory)',
    ]);
  });

  test("problems carry the file's name as given", () => {
    const path = folder("name", { "my.yaml": "\nx: 1" });
    expect(problemLines(() => load(path, { HEADGATE_CONFIG: "./my.yaml" }))[0]).toStartWith(
      "./my.yaml:2:1  x: unknown key",
    );
  });
});
