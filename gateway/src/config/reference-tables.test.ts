import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { environmentVariables } from "./environment.ts";
import { buildJsonSchema } from "./json-schema.ts";
import { defaultGatewaySettings } from "../core/gateway-settings.ts";
import { parseConfig } from "./load-config.ts";
import { fileReferenceRows, withReferenceTables } from "./reference-tables.ts";
import { readYaml } from "./yaml-document.ts";

const command = "run: bun gateway/src/config/write-json-schema.ts";
const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const options = { providerSlugs: ["openai"], workingDirectory: "/srv", coreCount: 1 };
const rows = fileReferenceRows();

describe("generated files are current", () => {
  test(`docs/reference/headgate.schema.json (else ${command})`, () => {
    expect(JSON.parse(read("docs/reference/headgate.schema.json"))).toEqual(
      JSON.parse(JSON.stringify(buildJsonSchema())),
    );
  });

  test(`docs/reference/configuration.md (else ${command})`, () => {
    const page = read("docs/reference/configuration.md");
    expect(withReferenceTables(page)).toBe(page);
  });

  test("every key and variable has a meaning, and every table row one of them", () => {
    for (const row of rows) expect([row.key, row.description]).not.toEqual([row.key, ""]);
    const page = read("docs/reference/configuration.md");
    const told = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]);
    expect(told).toEqual([...environmentVariables.map(({ name }) => name), ...rows.map(({ key }) => key)]);
  });

  test("the defaults told for variables are the ones taken", () => {
    const told = Object.fromEntries(environmentVariables.map((variable) => [variable.name, variable.default]));
    const withDefaults = { HOST: told["HOST"]!, PORT: told["PORT"]!, HEADGATE_DATA: told["HEADGATE_DATA"]! };
    expect(parseConfig(null, withDefaults, options).config).toEqual(parseConfig(null, {}, options).config);
  });

  test("the problems shown in the page are real", () => {
    const page = read("docs/reference/configuration.md");
    const gateways = "accounts:\n  default:\n    gateways: { prod: {\n      retry_delay: 90000 } }\n";
    const text = `${gateways}\n\n\ntimeouts:\n  conect_ms: 1\n`;
    const shown = /```\n((?:  .*\n)+?)  ```/.exec(page)?.[1]?.replaceAll(/^ {2}/gm, "").trimEnd();
    expect(() => parseConfig(text, { PORT: "http" }, options)).toThrow(shown);
    expect(shown?.split("\n")).toHaveLength(4);
  });
});

describe("headgate.example.yaml", () => {
  const example = read("headgate.example.yaml");
  // Prose has one space after "#"; settings have none, or their own indentation.
  const uncommented = example.replaceAll(/^#(?! \S)/gm, "");

  test("begins with the line for editors", () => {
    expect(example).toStartWith("# yaml-language-server: $schema=docs/reference/headgate.schema.json\n");
  });

  test("as it is, it sets nothing", () => {
    expect(readYaml(example)).toMatchObject({ value: null, faults: [] });
    expect(parseConfig(example, {}, options).config).toEqual(parseConfig(null, {}, options).config);
  });

  test("uncommented, it sets the defaults, two example providers, one example price, one encoder, one webhook and one way to sign in", () => {
    const { accounts, providers, prices, sign_in, cache, alerts, ...config } = parseConfig(
      uncommented,
      {},
      options,
    ).config;
    const defaults = parseConfig(null, {}, options).config;
    // The encoder is shown and not used.
    expect(defaults.cache).toEqual({ ...cache, semantic: { ...cache.semantic, endpoint: null } });
    expect(cache.semantic.endpoint?.key).toBeNull();
    const named = { accounts: defaults.accounts, providers: defaults.providers, prices: defaults.prices };
    expect({ ...config, ...named, cache: defaults.cache, sign_in: defaults.sign_in, alerts: defaults.alerts }).toEqual(
      defaults,
    );
    expect(alerts.webhook?.secret).toBe("env:ALERT_SECRET");
    const noSpendLimits = { enabled: false, rules: [] };
    const noEvents = { authorization: "env:STRIPE_KEY", usage_events: [] };
    const own = { "custom-lab": { base_url: "http://10.0.0.6:8000", dialect: "openai-chat" } };
    expect(accounts).toMatchObject({
      default: {
        gateways: { default: { ...defaultGatewaySettings, spend_limits: noSpendLimits, stripe: noEvents } },
        logpush: [],
        providers: own,
      },
    });
    expect(Object.keys(accounts["default"]?.limits ?? {})).toEqual(["per-user"]);
    expect(Object.keys(accounts["default"]?.budgets ?? {})).toEqual(["team-month"]);
    expect(Object.keys(providers)).toEqual(["openai", "custom-vllm"]);
    expect(Object.keys(prices)).toEqual(["custom-vllm"]);
    expect(sign_in.oidc?.roles).toEqual({ platform: { "*": "admin" } });
  });

  test("uncommented, it shows every key of the schema", () => {
    const shown = new Set(shownKeys(readYaml(uncommented).value));
    expect(rows.map(({ key }) => key).filter((key) => !shown.has(key))).toEqual([]);
  });
});

/** Paths of all keys, with the names that users give replaced as the reference page does. */
function shownKeys(value: unknown, prefix = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  const placeholders: Record<string, string> = {
    "accounts.": "<account>",
    "accounts.<account>.gateways.": "<gateway>",
    "accounts.<account>.providers.": "<provider>",
    "accounts.<account>.limits.": "<limit>",
    "accounts.<account>.limits.<limit>.metadata.": "<key>",
    "accounts.<account>.budgets.": "<budget>",
    "accounts.<account>.budgets.<budget>.metadata.": "<key>",
    "providers.": "<provider>",
    "prices.": "<provider>",
    "sign_in.oidc.roles.": "<group>",
    "sign_in.oidc.roles.<group>.": "<account>",
    "prices.<provider>.": "<model>",
    "prices.<provider>.<model>.service_tiers.": "<tier>",
  };
  const keys: string[] = [];
  for (const [name, inner] of Object.entries(value)) {
    const key = prefix + (placeholders[prefix] ?? name);
    keys.push(key, ...shownKeys(inner, `${key}.`));
  }
  return keys;
}
