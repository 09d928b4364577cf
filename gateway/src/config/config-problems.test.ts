import { describe, expect, test } from "bun:test";
import { ConfigError } from "./config-error.ts";
import { parseConfig } from "./load-config.ts";
import { unsupportedGatewaySettings } from "./schema.ts";

const options = { providerSlugs: ["openai", "anthropic"], workingDirectory: "/srv/headgate", coreCount: 4 };

/** The lines that tell the problems of a text and an environment, without the heading. */
function problemLines(text: string | null, environment: Record<string, string> = {}): string[] {
  try {
    parseConfig(text, environment, options);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n").slice(1);
    throw error;
  }
  return [];
}

const badFiles: readonly (readonly [string, string])[] = [
  ["timeouts:\n    connect_ms: fast", '2:5  timeouts.connect_ms: expected an integer from 0 to 86400000, got "fast"'],
  ["timeouts: { idle_ms: -1 }", "1:13  timeouts.idle_ms: expected an integer from 0 to 86400000, got -1"],
  ["timeouts: { idle_ms: 1.5 }", "1:13  timeouts.idle_ms: expected an integer from 0 to 86400000, got 1.5"],
  ["timeouts: { idle_ms: 1e300 }", "1:13  timeouts.idle_ms: expected an integer from 0 to 86400000, got 1e+300"],
  ["timeouts: { idle_ms: .nan }", "1:13  timeouts.idle_ms: expected an integer from 0 to 86400000, got NaN"],
  ["timeouts: { idle_ms: }", "1:13  timeouts.idle_ms: expected an integer from 0 to 86400000, got nothing"],
  ["timeouts: { idle_ms: [1] }", "1:13  timeouts.idle_ms: expected an integer from 0 to 86400000, got a list"],
  ["timeouts: 5", "1:1  timeouts: expected a mapping, got 5"],
  ["timeouts: { conect_ms: 5 }", '1:13  timeouts.conect_ms: unknown key; did you mean "connect_ms"?'],
  ["streams: { zzz: 5 }", "1:12  streams.zzz: unknown key; known here: keep_alive_ms"],
  ["Timeouts: {}", '1:1  Timeouts: unknown key; did you mean "timeouts"?'],
  ["limits: { max_body_bytes: 0 }", "1:11  limits.max_body_bytes: expected an integer from 1 to 1099511627776, got 0"],
  [
    "streams: { keep_alive_ms: 3600001 }",
    "1:12  streams.keep_alive_ms: expected an integer from 0 to 3600000, got 3600001",
  ],
  [
    "journal: { max_bytes: 200000 }",
    "1:12  journal.max_bytes: expected at least twice segment_bytes, 134217728, got 200000",
  ],
  [
    "journal: { segment_bytes: 4294967296 }",
    "1:1  journal.max_bytes: expected at least twice segment_bytes, 8589934592, got nothing",
  ],
  [
    "network: { allow_private: [10.0.0.0/8, 10.0.0.256] }",
    '1:40  network.allow_private.1: expected an IP address, a range such as "10.0.0.0/8", a host name or "*." and a host name, got "10.0.0.256"',
  ],
  ["network: { allow_private: 10.0.0.0/8 }", '1:12  network.allow_private: expected a list, got "10.0.0.0/8"'],
  ["network: { allow_http: yes }", '1:12  network.allow_http: expected true or false, got "yes"'],
  ["just a text", '1:1  expected a mapping, got "just a text"'],
  ["[1, 2]", "1:1  expected a mapping, got a list"],
  ["accounts: [a]", "1:1  accounts: expected a mapping, got a list"],
  [
    'accounts: { "a b": {} }',
    '1:13  accounts["a b"]: expected a name of 1 to 64 letters, digits, "_" or "-", the first a letter or digit',
  ],
  [
    `accounts: { ${"a".repeat(65)}: {} }`,
    `1:13  accounts.${"a".repeat(65)}: expected a name of 1 to 64 letters, digits, "_" or "-", the first a letter or digit`,
  ],
  [
    "accounts: { a: { gateways: { _x: {} } } }",
    '1:30  accounts.a.gateways._x: expected a name of 1 to 64 letters, digits, "_" or "-", the first a letter or digit',
  ],
  [
    "accounts: { a: { gateways: { x: { retry_max_attempts: 6 } } } }",
    "1:35  accounts.a.gateways.x.retry_max_attempts: expected an integer from 1 to 5 or null, got 6",
  ],
  [
    "accounts: { a: { gateways: { x: { retry_max_attempts: 0 } } } }",
    "1:35  accounts.a.gateways.x.retry_max_attempts: expected an integer from 1 to 5 or null, got 0",
  ],
  [
    "accounts: { a: { gateways: { x: { retry_delay: 60001 } } } }",
    "1:35  accounts.a.gateways.x.retry_delay: expected an integer from 0 to 60000 or null, got 60001",
  ],
  [
    "accounts: { a: { gateways: { x: { retry_backoff: slow } } } }",
    '1:35  accounts.a.gateways.x.retry_backoff: expected one of "constant", "linear", "exponential" or null, got "slow"',
  ],
  [
    "accounts: { a: { gateways: { x: { retry_delai: 1 } } } }",
    '1:35  accounts.a.gateways.x.retry_delai: unknown key; did you mean "retry_delay"?',
  ],
  ["accounts: { a: { gateway: {} } }", '1:18  accounts.a.gateway: unknown key; did you mean "gateways"?'],
  ["providers: { opnai: { base_url: 'http://h' } }", '1:14  providers.opnai: unknown provider; did you mean "openai"?'],
  [
    "providers: { vllm: { base_url: 'http://h' } }",
    '1:14  providers.vllm: unknown provider; custom providers start with "custom-"',
  ],
  [
    "providers: { custom-: { base_url: 'http://h' } }",
    '1:14  providers.custom-: expected custom- and then 1 to 64 letters, digits, "_" or "-", the first a letter or digit',
  ],
  ["providers: { custom-x: {} }", "1:14  providers.custom-x.base_url: expected an http or https URL, got nothing"],
  ["providers: { custom-x: }", "1:14  providers.custom-x: expected a mapping, got nothing"],
  [
    "providers: { custom-x: { base_url: 'http://{resource}.h' } }",
    "1:26  providers.custom-x.base_url: expected a URL without placeholders: a custom provider has nothing to fill them with",
  ],
  ["providers: { openai: { base_url: 5 } }", "1:24  providers.openai.base_url: expected an http or https URL, got 5"],
  [
    "providers: { openai: { base_url: 'http://h', dialect: openai } }",
    '1:46  providers.openai.dialect: expected one of "openai-chat", "openai-responses", "anthropic-messages", "gemini", "cohere", "ollama", "opaque", got "openai"',
  ],
  [
    "providers: { openai: { base_url: 'http://h', api_key: sk-secret } }",
    "1:46  providers.openai.api_key: unknown key; known here: base_url, dialect",
  ],
  ["limits: {}\nlimits: {}", "2:1  the key is given twice"],
  ['limits: { 1: 2, "1": 3 }', "1:17  limits.1: the key is given twice"],
  ["limits:\n\tmax_body_bytes: 1", "2:1  invalid YAML: Tabs are not allowed as indentation"],
  ["limits: {}\n---\nlimits: {}", "2:1  the file holds more than one YAML document"],
  ["limits: !!js/function 'x'", "1:9  invalid YAML: Unresolved tag: tag:yaml.org,2002:js/function"],
  ["%EXEC x\n---\nlimits: {}", "1:1  invalid YAML: Unknown directive %EXEC"],
  ["limits: *nowhere", "1:9  limits: unknown alias *nowhere"],
  ["a: &a { b: *a }", "1:12  a.b: alias *a stands inside its own anchor"],
  ["__proto__: { polluted: 1 }", "1:1  __proto__: this key is not allowed"],
  ["accounts: { __proto__: {} }", "1:13  accounts.__proto__: this key is not allowed"],
  ["? [a, b]\n: 1", "1:3  expected a plain word as key"],
  [
    "constructor: 1",
    "1:1  constructor: unknown key; known here: accounts, providers, timeouts, limits, streams, journal, logs, cache, analytics, audit, network, sign_in, prices, billing, alerts",
  ],
  ["x: ".concat("[".repeat(100), "]".repeat(100)), "1:68  x: nested too deeply"],
];

describe("refused", () => {
  test.each(badFiles)("%j", (text, line) => {
    expect(problemLines(text)).toEqual([`headgate.yaml:${line}`]);
  });

  test.each([
    ["ftp://h", "such as https://host/v1"],
    ["h:80/v1", "such as https://host/v1"],
    ["HTTPS://h", "such as https://host/v1"],
    ["http://h/?a=1", "without a query"],
    ["http://h/#a", "without a fragment"],
    ["http://user:pass@h/", "without user name or password"],
    ["http://h/{Bad}", "whose placeholders look like {resource}"],
    ["http://h/{open", "whose placeholders look like {resource}"],
    ["http://h/a/../b", "without backslashes and dot segments"],
    ["http://h/%2e%2E/b", "without backslashes and dot segments"],
    ["http://h\\x", "without backslashes and dot segments"],
    ["http://h/a b", "of visible ASCII characters"],
    ["http://h\r\nx", "of visible ASCII characters"],
    ["http://", "with a valid host, port and path"],
    ["http:///v1", "with a valid host, port and path"],
    ["http://h:99999/", "with a valid host, port and path"],
    ["http://[::1/", "with a valid host, port and path"],
  ])("base_url %j", (url, wish) => {
    const [line, ...others] = problemLines(`providers: { openai: { base_url: ${JSON.stringify(url)} } }`);
    expect(others).toEqual([]);
    expect(line).toStartWith(
      `headgate.yaml:1:24  providers.openai.base_url: expected an http or https URL ${wish}, got "`,
    );
    expect(line).not.toContain("user:");
  });

  test.each([...unsupportedGatewaySettings])("the gateway setting %s, by name", (setting) => {
    const lines = problemLines(`accounts: { a: { gateways: { x: { ${setting}: null } } } }`);
    expect(lines).toEqual([
      `headgate.yaml:1:35  accounts.a.gateways.x.${setting}: this setting is not supported by this version`,
    ]);
  });

  test.each(["[", "- ", "{a: ", "? ", "!!seq ["])(
    "a text of nothing but %j",
    (opening) => {
      const lines = problemLines(opening.repeat(50_000));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toEndWith("nested too deeply");
    },
    20_000,
  );

  test("billions of values behind a few aliases", () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      return `a${level}: &a${level} [${
        level === 0
          ? "x"
          : Array(12)
              .fill(`*a${level - 1}`)
              .join(", ")
      }]`;
    });
    expect(problemLines(levels.join("\n"))[0]).toContain("more than 100 aliases");
  });

  test.each([
    ["PORT", "http", 'expected an integer from 0 to 65535, got "http"'],
    ["PORT", "65536", 'expected an integer from 0 to 65535, got "65536"'],
    ["PORT", "", 'expected an integer from 0 to 65535, got ""'],
    ["PORT", "80 ", 'expected an integer from 0 to 65535, got "80 "'],
    ["HOST", "http://localhost", 'expected a host name or IP address, got "http://localhost"'],
    ["HOST", "", 'expected a host name or IP address, got ""'],
    ["HEADGATE_CONFIG", "", 'expected the path of a readable file, got ""'],
    ["HEADGATE_DATA", "", 'expected the path of a directory, got ""'],
    ["HEADGATE_WORKERS", "-1", 'expected an integer from 0 to 256, got "-1"'],
    ["HEADGATE_WORKERS", "two", 'expected an integer from 0 to 256, got "two"'],
    ["HEADGATE_ADMIN_TOKEN", "", "expected a text that is not empty"],
    ["HEADGATE_MASTER_KEY", "", "expected at least 32 characters, best 32 random bytes in hexadecimal or base64"],
    [
      "HEADGATE_MASTER_KEY",
      "k".repeat(31),
      "expected at least 32 characters, best 32 random bytes in hexadecimal or base64",
    ],
  ])("environment %s=%j", (name, value, text) => {
    expect(problemLines(null, { [name]: value })).toEqual([`environment  ${name}: ${text}`]);
  });

  test("all problems of file and environment together, in the order of the file", () => {
    const text = "providers:\n  opnai: { base_url: x }\ntimeouts:\n  idle_ms: -1\nlimit: {}\n";
    const lines = problemLines(text, { PORT: "x", HOST: "" });
    expect(lines.map((line) => line.split(": ")[0])).toEqual([
      "headgate.yaml:2:3  providers.opnai",
      "headgate.yaml:2:12  providers.opnai.base_url",
      "headgate.yaml:4:3  timeouts.idle_ms",
      "headgate.yaml:5:1  limit",
      "environment  HOST",
      "environment  PORT",
    ]);
  });
});
