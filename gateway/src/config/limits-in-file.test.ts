import { describe, expect, test } from "bun:test";
import { parseConfig } from "./load-config.ts";

const parse = (text: string) => parseConfig(text, {}, { providerSlugs: ["openai"] }).config.accounts["a"];
const faultOf = (text: string): string => {
  try {
    parse(text);
    return "none";
  } catch (error) {
    return (error as Error).message.split("\n").slice(1).join("\n");
  }
};

test("limits and budgets stand by name in an account, with defaults filled in", () => {
  const account = parse(
    "accounts: { a: { limits: { l: { metric: tokens, limit: 5, window: 60 } }, budgets: { b: { limit: 0.5 } } } }",
  );
  expect(account?.limits).toMatchObject({ l: { metric: "tokens", technique: "sliding", per: [], shadow: false } });
  expect(account?.budgets).toMatchObject({
    b: { limit: 0.5, period: "month", time_zone: "UTC", thresholds: [50, 80, 100] },
  });
});

test("an account has at most a hundred of each", () => {
  const budgets = Array.from({ length: 101 }, (_, index) => `b${index}: { limit: 1 }`).join(", ");
  expect(faultOf(`accounts: { a: { budgets: { ${budgets} } } }`)).toContain("budgets: expected at most 100 budgets");
});

describe("what is wrong is told with its place", () => {
  test.each([
    [
      "limits: { l: { metric: sheep, limit: 5, window: 60 } }",
      'limits.l.metric: expected one of "requests", "concurrent"',
    ],
    ["limits: { l: { metric: requests, limit: 5 } }", "limits.l.window: expected the length of the window in seconds"],
    ["limits: { l: { metric: concurrent, limit: 5, window: 1 } }", "limits.l.window: expected null"],
    [
      "limits: { l: { metric: requests, limit: 5.5, window: 1 } }",
      "limits.l.limit: expected a whole number of requests",
    ],
    [
      "limits: { l: { metric: requests, limit: 5, window: 1, technique: leaky } }",
      "limits.l.technique: expected one of",
    ],
    [
      "limits: { l: { metric: requests, limit: 5, window: 1, burst: 3 } }",
      "limits.l.burst: expected null unless technique",
    ],
    [
      "limits: { l: { metric: requests, limit: 5, window: 1, per: [shoe] } }",
      "limits.l.per.0: expected gateway, token",
    ],
    [
      'limits: { l: { metric: requests, limit: 5, window: 1, when: "provider ==" } }',
      "limits.l.when: Unexpected token: EOF (line 1, column 12)",
    ],
    [
      'limits: { l: { metric: requests, limit: 5, window: 1, when: "shoe == 1" } }',
      "limits.l.when: Unknown variable: shoe (line 1, column 1)",
    ],
    [
      'limits: { l: { metric: requests, limit: 5, window: 1, when: "true &&\\n  model == 1" } }',
      "no such overload: string == int (line 2, column 3)",
    ],
    [
      'limits: { l: { metric: requests, limit: 5, window: 1, when: "model" } }',
      "expected an expression that gives bool, this one gives string",
    ],
    [
      'limits: { l: { metric: requests, limit: 5, window: 1, key: "[1]" } }',
      "expected an expression that gives string, this one gives list",
    ],
    ["budgets: { b: { limit: -1 } }", "budgets.b.limit: expected a number from 0"],
    ["budgets: { b: { limit: 1, period: decade } }", "budgets.b.period: expected one of"],
    ["budgets: { b: { limit: 1, time_zone: Mars } }", "budgets.b.time_zone: expected the name of a time zone"],
    ["budgets: { b: { limit: 1, thresholds: [0] } }", "budgets.b.thresholds.0: expected"],
    ["gateways: { g: { rate_limiting_limit: -1 } }", "gateways.g.rate_limiting_limit: expected an integer from 0"],
    [
      "gateways: { g: { spend_limits: { enabled: true, rules: [{ limit: 1, limitType: tokens, window: 5 }] } } }",
      "spend_limits.rules.0.limitType: expected",
    ],
  ])("%s", (text, expected) => expect(faultOf(`accounts: { a: { ${text} } }`)).toContain(expected));

  test("with file, line, column and key, of cache rules too", () => {
    const text = [
      "accounts:",
      "  a:",
      "    gateways:",
      "      g:",
      "        cache_ttl: 2592001",
      "        cache_rules:",
      "          - ttl: 60",
      "          - { ttl: 59, when: 'model ==' }",
      "    limits:",
      "      l: { metric: requests, limit: 5, window: 0 }",
    ].join("\n");
    const faults = faultOf(text);
    for (const expected of [
      /headgate\.yaml:5:\d+ {2}accounts\.a\.gateways\.g\.cache_ttl: expected/,
      /headgate\.yaml:8:\d+ {2}accounts\.a\.gateways\.g\.cache_rules\.1\.ttl: expected/,
      /headgate\.yaml:8:\d+ {2}accounts\.a\.gateways\.g\.cache_rules\.1\.when: .*\(line 1, column 9\)/,
      /headgate\.yaml:10:\d+ {2}accounts\.a\.limits\.l\.window: expected/,
    ])
      expect(faults).toMatch(expected);
  });
});
