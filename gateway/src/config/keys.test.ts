import { describe, expect, test } from "bun:test";
import { ConfigError } from "./config-error.ts";
import { parseConfig } from "./load-config.ts";

const options = { providerSlugs: ["openai", "anthropic"], workingDirectory: "/srv", coreCount: 1 };

/** A configuration whose gateway `prod` has these keys, each a line of YAML. */
function withKeys(...keys: readonly string[]): string {
  const lines = keys.map((key) => `          - ${key}`);
  return ["accounts:", "  acme:", "    gateways:", "      prod:", "        keys:", ...lines].join("\n");
}

function problems(...keys: readonly string[]): string[] {
  try {
    parseConfig(withKeys(...keys), {}, options);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ key, text }) => `${key}: ${text}`);
    throw error;
  }
  throw new Error("nothing was refused");
}

test("keys stand by gateway, apart from its settings", () => {
  const { config } = parseConfig(
    withKeys(
      "{ provider: openai, secret: env:OPENAI_API_KEY }",
      "{ provider: custom-own, alias: team, secret: 'file:/run/my key', weight: 7, default: true }",
    ) + "\nproviders: { custom-own: { base_url: http://10.0.0.1 } }\n",
    {},
    options,
  );
  expect(config.accounts["acme"]?.keys?.["prod"]).toEqual([
    { provider: "openai", alias: "default", isDefault: false, weight: 1, reference: "env:OPENAI_API_KEY" },
    { provider: "custom-own", alias: "team", isDefault: true, weight: 7, reference: "file:/run/my key" },
  ]);
  expect(Object.keys(config.accounts["acme"]?.gateways["prod"] ?? {})).not.toContain("keys");
});

describe("what is refused", () => {
  test.each([
    "sk-proj-hidden-0123456789",
    "env:1bad-hidden",
    "env:HEADGATE_MASTER_KEY",
    "vault:hidden",
    "file:",
    "{ hidden: object }",
    "",
  ])("the secret %p: the problem says what to do and does not show it", (secret) => {
    const [problem, second] = problems(
      `{ provider: openai, secret: ${secret.startsWith("{") ? secret : `'${secret}'`} }`,
    );
    expect(second).toBeUndefined();
    expect(problem).toStartWith("accounts.acme.gateways.prod.keys.0.secret: expected env:NAME or file:PATH");
    expect(problem).toContain("a key itself does not belong into this file");
    expect(problem).not.toContain("hidden");
  });

  test("other faults name the place", () => {
    const place = "accounts.acme.gateways.prod.keys";
    expect(problems("{ provider: opanai, secret: env:A }")).toEqual([
      `${place}.0.provider: unknown provider; did you mean "openai"?`,
    ]);
    expect(problems("{ provider: openai, secret: env:A, weight: 0 }")).toEqual([
      `${place}.0.weight: expected an integer from 1 to 1000, got 0`,
    ]);
    expect(problems("{ provider: openai, secret: env:A, aliases: x }")).toEqual([
      `${place}.0.aliases: unknown key; did you mean "alias"?`,
    ]);
    expect(problems("{ provider: openai }")[0]).toStartWith(`${place}.0.secret: expected env:NAME or file:PATH`);
  });

  test("two default aliases of a provider", () => {
    const key = (alias: string) => `{ provider: openai, alias: ${alias}, secret: env:A, default: true }`;
    expect(problems(key("one"), key("one"), key("two"))).toEqual([
      'accounts.acme.gateways.prod.keys.2.default: expected one default alias of a provider; "one" is it already',
    ]);
  });
});
