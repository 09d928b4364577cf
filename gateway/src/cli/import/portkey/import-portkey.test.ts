import { describe, expect, test } from "bun:test";
import { expectInvariants, imported, sampleText, told } from "../../../../test/support/imported.ts";
import { valueAt } from "../import-draft.ts";

describe("portkey", () => {
  const whole = imported("portkey", sampleText("portkey.json"));

  test("keys, pools, addresses and what holds for the whole config", () => {
    expect(whole.file).toEqual({
      accounts: {
        default: {
          gateways: {
            default: {
              keys: [
                { provider: "openai", alias: "default", secret: "env:OPENAI_API_KEY", weight: 3 },
                { provider: "openai", alias: "default", secret: "env:OPENAI_API_KEY_2", weight: 1 },
                { provider: "anthropic", alias: "default", secret: "env:ANTHROPIC_PROD_3F2A1B_API_KEY" },
              ],
              retry_max_attempts: 5,
              cache_ttl: 3600,
            },
          },
        },
      },
      providers: { "custom-10-0-0-7-8000": { base_url: "http://10.0.0.7:8000/v1" } },
    });
  });

  test("the strategy becomes a request", () => {
    const [example] = whole.result.examples;
    expect(example?.steps.map((step) => valueAt(step, ["query", "model"]))).toEqual([
      "openai/gpt-4o",
      "anthropic/claude-sonnet-4-5",
      "custom-10-0-0-7-8000/house-70b",
      "aws-bedrock/…",
    ]);
    expect(example?.steps[1]).toMatchObject({
      query: { max_tokens: 1024 },
      config: { maxAttempts: 2, requestTimeout: 10_000 },
    });
  });

  test("a config that the admin API gives as text is read as well", () => {
    const config = { retry: { attempts: 2 }, provider: "openai", api_key: "sk-plain-1" };
    const outcome = imported("portkey", JSON.stringify({ success: true, data: { config: JSON.stringify(config) } }));
    expect(outcome.at("accounts", "default", "gateways", "default")).toMatchObject({
      retry_max_attempts: 3,
      keys: [{ secret: "env:OPENAI_API_KEY" }],
    });
    expectInvariants(outcome);
  });

  test("sharing requests among providers is told to be lost", () => {
    const targets = [
      { provider: "openai", api_key: "sk-plain-1", weight: 0.7 },
      { provider: "groq", virtual_key: "groq-x", weight: 0.3 },
    ];
    const outcome = imported("portkey", JSON.stringify({ strategy: { mode: "loadbalance" }, targets }));
    expect(told(outcome, "strategy.mode")[0]).toStartWith("not mapped");
    expect(told(outcome, "targets[0].weight")[0]).toContain("expected a whole number from 1 to 1000");
    expect(outcome.result.examples[0]?.steps).toHaveLength(2);
    expectInvariants(outcome);
  });
});
