import { describe, expect, test } from "bun:test";
import { expectInvariants, imported, sampleAccount, sampleText, told } from "../../../../test/support/imported.ts";

describe("cloudflare", () => {
  const whole = imported("cloudflare", sampleText("cloudflare.json"));
  const gateways = whole.at("accounts", sampleAccount, "gateways") as Readonly<Record<string, object>>;

  test("gateways keep account, name and settings; keys become references", () => {
    expect(gateways["prod"]).toMatchObject({
      authentication: true,
      log_management: 100_000,
      log_management_strategy: "DELETE_OLDEST",
      retry_max_attempts: 3,
      keys: [
        { provider: "openai", alias: "default", secret: "env:PROD_OPENAI_KEY", default: false },
        { provider: "openai", alias: "batch", secret: "env:PROD_OPENAI_BATCH_KEY", default: true },
        { provider: "custom-house", alias: "default", secret: "env:PROD_CUSTOM_HOUSE_KEY" },
      ],
      otel: [
        {
          url: "https://otel.example.com/v1/traces",
          content_type: "json",
          authorization: "env:OTEL_AUTHORIZATION_PROD",
        },
      ],
    });
    expect(gateways["staging"]).toEqual({ collect_logs: false });
    expect(Object.keys(gateways)).toEqual(["prod", "staging"]);
    expect(whole.at("providers")).toEqual({ "custom-house": { base_url: "https://llm.example.com/v1/" } });
  });

  test("what this version cannot do is told, with the line", () => {
    expect(whole.report).toMatch(/^source:52 +not mapped +gateways\.result\[1\]\.retry_max_attempts: .*from 1 to 5/m);
    expect(told(whole, "gateways.result[0].a_new_field")[0]).toBe(
      "not mapped  gateways.result[0].a_new_field: unknown key",
    );
    expect(told(whole, "routes.data.routes[0]")[0]).toStartWith("not mapped");
    expect(told(whole, "custom_providers.result[1]")[0]).toContain("switched off there");
    expect(told(whole, "provider_configs[3]")[0]).toContain("a gateway that is not in this file");
    expect(told(whole, "gateways.result[0].otel[0].headers.x-honeycomb-team")[0]).toStartWith("by hand");
  });

  test("billing keeps its events, and its key becomes a reference", () => {
    const secret = "rk-secret-0001";
    const billed = (payload: string) =>
      imported(
        "cloudflare",
        JSON.stringify({
          id: "g",
          account_id: sampleAccount,
          cache_ttl: 0,
          collect_logs: true,
          stripe: { authorization: secret, usage_events: [{ payload }] },
        }),
      );
    const payload = '{"event_name":"tokens","payload":{"stripe_customer_id":"$metadata_id","value":$output_tokens}}';
    const kept = billed(payload);
    expect(kept.at("accounts", sampleAccount, "gateways", "g", "stripe")).toEqual({
      authorization: "env:STRIPE_AUTHORIZATION_G",
      usage_events: [{ payload }],
    });
    const refused = billed("$cost");
    expect(refused.report).toContain("expected a JSON object with event_name and payload");
    for (const each of [kept, refused]) {
      expectInvariants(each);
      expect(JSON.stringify(each.file) + each.report).not.toContain(secret);
    }
  });

  test.each([
    ["a gateway", (gateway: object) => gateway],
    ["a list", (gateway: object) => [gateway]],
    ["an answer", (gateway: object) => ({ success: true, result: gateway, errors: [], messages: [] })],
    ["an answer with a list", (gateway: object) => ({ success: true, result: [gateway], result_info: { page: 1 } })],
    ["endpoints", (gateway: object) => ({ gateways: { result: [gateway] }, customProviders: [] })],
    ["terraform", (gateway: object) => ({ resource: { cloudflare_ai_gateway: { it: [gateway] } } })],
    [
      "terraform state",
      (gateway: object) => ({
        version: 4,
        terraform_version: "1.9.0",
        resources: [{ type: "cloudflare_ai_gateway", instances: [{ schema_version: 1, attributes: gateway }] }],
      }),
    ],
    [
      "terraform show",
      (gateway: object) => ({
        format_version: "1.0",
        values: {
          root_module: {
            resources: [],
            child_modules: [{ resources: [{ type: "cloudflare_ai_gateway", name: "it", values: gateway }] }],
          },
        },
      }),
    ],
  ])("as %s", (_, wrap) => {
    const gateway = { id: "g", account_id: sampleAccount, cache_ttl: 0, collect_logs: true, retry_delay: 5 };
    const outcome = imported("cloudflare", JSON.stringify(wrap(gateway)));
    expect(outcome.at("accounts")).toEqual({
      [sampleAccount]: { gateways: { g: { collect_logs: true, retry_delay: 5 } } },
    });
    expectInvariants(outcome);
  });
});
