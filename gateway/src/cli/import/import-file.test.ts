import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { expectInvariants, imported, sampleAccount, sampleText, told } from "../../../test/support/imported.ts";
import { ConfigError } from "../../config/config-error.ts";
import { countOutcomes } from "./finish-import.ts";
import type { ImportKind } from "./import-file.ts";
import { parseSource } from "./import-source.ts";

describe("samples", () => {
  test.each([
    ["litellm", "litellm.yaml"],
    ["cloudflare", "cloudflare.json"],
    ["cloudflare", "terraform.tf.json"],
    ["portkey", "portkey.json"],
  ] as const)("%s: %s", (kind, name) => {
    const outcome = imported(kind, sampleText(name), name);
    expectInvariants(outcome);
    const { mapped } = countOutcomes(outcome.result.findings);
    expect(outcome.result.yaml).toStartWith(`# Imported from ${name}: ${mapped} mapped, `);
    expect(mapped).toBeGreaterThan(1);
  });
});

describe("any input", () => {
  const plain = [
    "model_list litellm_params model_info router_settings litellm_settings general_settings credential_list fallbacks",
    "environment_variables include gateways custom_providers provider_configs routes result data success id slug base_url",
    "provider_slug gateway_id alias default_config enable otel url content_type resource resources instances attributes type",
    "terraform_version values root_module child_modules cloudflare_ai_gateway elements retry attempts cache mode max_age",
    "strategy targets provider override_params overrideParams model model_name weight name config custom_host request_timeout",
    "num_retries timeout api_base api_version litellm_credential_name credential_name credential_values cache_params ttl",
    "input_cost_per_token retry_max_attempts retry_delay collect_logs log_management logpush cache_ttl account_id account_tag",
    "callbacks success_callback default_fallbacks constructor toString 0 << custom_llm_provider customHost virtualKey",
  ].flatMap((line) => line.split(" "));
  const secret = [
    "api_key",
    "apiKey",
    "secret",
    "authorization",
    "master_key",
    "database_url",
    "password",
    "aws_secret_access_key",
    "headers",
    "x_unknown_key",
  ];
  const scalar = fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    1,
    2.5,
    -1,
    1e9,
    "",
    "default",
    "openai",
    "openai/gpt-4o",
    "azure/x",
    "ollama/y",
    "*",
    "groq",
    "https://a.example.com/v1",
    "https://x.openai.azure.com",
    "os.environ/NAME",
    "os.environ/HEADGATE_X",
    "not a url",
    "fallback",
    "loadbalance",
    "conditional",
    "simple",
    "custom-a",
    "a b",
    "prod",
    "constructor",
    "__proto__",
    "${var.x}",
    "30d",
    "together_ai/m",
    "cloudflare_ai_gateway",
    "https://otel.example.com",
    '{"provider":"openai"}',
    sampleAccount,
  );
  const secretValue = fc.constantFrom("sk-plain-1", "sk-plain-2", "plain-secret-3", "postgresql://u:plain-pw@h/d");
  const { node } = fc.letrec<{ node: unknown; mapping: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      scalar,
      fc.array(tie("node"), { maxLength: 4 }),
      tie("mapping"),
    ),
    mapping: fc
      .tuple(
        fc.uniqueArray(fc.tuple(fc.constantFrom(...plain), tie("node")), { maxLength: 7, selector: ([key]) => key }),
        fc.uniqueArray(fc.tuple(fc.constantFrom(...secret), secretValue), { maxLength: 2, selector: ([key]) => key }),
      )
      .map(([members, secrets]) => Object.fromEntries<unknown>([...members, ...secrets])),
  }));
  const deployment = fc.record(
    {
      model_name: fc.constantFrom("a", "b", "gpt-4o", "x y", "*"),
      litellm_params: fc.record(
        {
          model: fc.constantFrom(
            "openai/gpt-4o",
            "gpt-4o",
            "anthropic/c",
            "azure/d",
            "hosted_vllm/l",
            "nobody/z",
            "bedrock/x",
          ),
          api_key: fc.constantFrom(
            "sk-plain-1",
            "sk-plain-2",
            "os.environ/K1",
            "os.environ/K2",
            "os.environ/bad-name",
            "none",
          ),
          api_base: fc.constantFrom(
            "http://10.0.0.1/v1",
            "http://10.0.0.1/v2",
            "https://r.openai.azure.com",
            "os.environ/B",
            "x",
          ),
          weight: fc.constantFrom<unknown>(1, 5, 0.5, "2"),
          input_cost_per_token: fc.constantFrom<unknown>(1e-6, 3e-7, 100, -1, "x", null),
          extra_headers: fc.constant({ "x-key": "plain-header" }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  const target = fc.letrec<{ target: unknown }>((tie) => ({
    target: fc.record(
      {
        provider: fc.constantFrom("openai", "anthropic", "@stored/gpt", "nobody", "together-ai"),
        api_key: fc.constantFrom("sk-plain-1", "sk-plain-2"),
        virtual_key: fc.constantFrom("openai-1", "openai-2", "strange"),
        custom_host: fc.constantFrom("http://10.0.0.1/v1", "https://h.example.com", "x"),
        weight: fc.constantFrom<unknown>(1, 0.5, 3),
        override_params: fc.record({ model: fc.constantFrom("m", "n"), api_key: fc.constant("plain-override") }),
        retry: fc.record({ attempts: fc.constantFrom<unknown>(0, 3, 9, "x") }),
        strategy: fc.record({ mode: fc.constantFrom("fallback", "loadbalance", "single", "conditional", "odd") }),
        targets: fc.array(tie("target"), { maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
  })).target;
  const inputs: Readonly<Record<ImportKind, fc.Arbitrary<unknown>>> = {
    cloudflare: node,
    litellm: fc.oneof(node, fc.record({ model_list: fc.array(deployment, { maxLength: 6 }), rest: node })),
    portkey: fc.oneof(node, target),
  };

  test.each(["cloudflare", "litellm", "portkey"] as const)(
    "%s: nothing breaks, nothing is passed over in silence, no secret is copied, and what comes out loads",
    (kind) => {
      fc.assert(
        fc.property(inputs[kind], (value) => expectInvariants(imported(kind, JSON.stringify(value)))),
        { numRuns: 1500 },
      );
    },
    60_000,
  );

  test("names that every object has are names like others, and the one no file may have is told", () => {
    const gateways = ["constructor", "toString", "hasOwnProperty"].map((id) => ({ id, cache_ttl: 60 }));
    const cloudflare = imported("cloudflare", JSON.stringify({ gateways, account_id: "constructor" }));
    expectInvariants(cloudflare);
    const model = { model: "__proto__", api_base: "https://a.example.com/v1", input_cost_per_token: 1e-6 };
    const litellm = imported("litellm", JSON.stringify({ model_list: [{ litellm_params: model }] }));
    expectInvariants(litellm);
    expect(told(litellm, "model_list[0].litellm_params.input_cost_per_token")).toEqual([
      expect.stringContaining("this key is not allowed"),
    ]);
  });

  test("bad files are told with line and column", () => {
    const problem = (text: string): string => {
      try {
        parseSource("config.yaml", text);
      } catch (error) {
        if (error instanceof ConfigError) return error.message.split("\n")[1] as string;
        throw error;
      }
      return "";
    };
    expect(problem("a: 1\nb: [1, 2\n")).toStartWith("config.yaml:3:1  invalid YAML");
    expect(problem('{\n  "a": 1,\n  "a": 2\n}')).toBe("config.yaml:3:3  the key is given twice");
    expect(problem("a: 1\na: 2")).toBe("config.yaml:2:1  the key is given twice");
    expect(problem("[".repeat(100) + "]".repeat(100))).toContain("nested too deeply");
  });
});
