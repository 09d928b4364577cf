import { describe, expect, test } from "bun:test";
import { expectInvariants, imported, sampleText, told } from "../../../../test/support/imported.ts";

describe("litellm", () => {
  const whole = imported("litellm", sampleText("litellm.yaml"));

  test("deployments of one name at one provider become a pool, further keys an alias", () => {
    expect(whole.at("accounts", "default", "gateways", "default", "keys")).toEqual([
      { provider: "openai", alias: "default", secret: "env:OPENAI_API_KEY", weight: 3 },
      { provider: "openai", alias: "default", secret: "env:OPENAI_API_KEY_2", weight: 1 },
      { provider: "azure-openai", alias: "default", secret: "env:AZURE_API_KEY_EU" },
      { provider: "openai", alias: "team-two", secret: "env:TEAM_TWO_KEY" },
      { provider: "anthropic", alias: "default", secret: "env:ANTHROPIC_API_KEY" },
      { provider: "custom-together-ai", alias: "default", secret: "env:TOGETHER_AI_API_KEY" },
      { provider: "google-ai-studio", alias: "default", secret: "env:GEMINI_API_KEY" },
    ]);
    expect(told(whole, "model_list[3].litellm_params.model")).toContain(
      "by hand  model_list[3].litellm_params.model: clients that ask for it send `cf-aig-byok-alias: team-two`",
    );
  });

  test("addresses become custom providers, prices prices", () => {
    expect(whole.at("providers")).toEqual({
      "custom-10-0-0-5-8000": { base_url: "http://10.0.0.5:8000/v1" },
      "custom-ollama-internal-11434": { base_url: "http://ollama.internal:11434", dialect: "ollama" },
      "custom-together-ai": { base_url: "https://api.together.xyz/v1" },
    });
    expect(whole.at("prices", "custom-10-0-0-5-8000")).toEqual({
      "meta-llama/Llama-3.3-70B-Instruct": { input_per_million: 0.2, output_per_million: 0.6 },
    });
  });

  test("router_settings override litellm_settings; what is lost is told with its reason", () => {
    expect(whole.at("accounts", "default", "gateways", "default")).toMatchObject({
      retry_max_attempts: 3,
      log_max_age_days: 30,
    });
    expect([whole.at("timeouts"), whole.at("limits")]).toEqual([
      { first_byte_ms: 45_000 },
      { max_body_bytes: 52_428_800 },
    ]);
    expect(told(whole, "litellm_settings.num_retries")[0]).toContain("is set already");
    expect(told(whole, "guardrails")[0]).toStartWith("not mapped");
    expect(told(whole, "general_settings.master_key").join("\n")).toMatch(
      /^mapped .*authentication: true\nby hand .*HEADGATE_ADMIN_TOKEN/,
    );
    expect(told(whole, "model_list[10].litellm_params.api_key")[0]).toContain("the deployment was not taken");
  });

  test("places are lines of the file, items of lists and merged keys included", () => {
    const lineOf = (path: string): number => {
      const line = whole.report.split("\n").find((text) => text.includes(`  ${path}`)) as string;
      return Number(/:(\d+)/.exec(line)?.[1]);
    };
    const lines = sampleText("litellm.yaml").split("\n");
    expect(lines[lineOf("model_list[0].litellm_params.weight") - 1]).toContain("weight: 3");
    expect(lines[lineOf("model_list[13]:") - 1]).toContain('model_name: "*"');
    expect(lines[lineOf("router_settings.fallbacks[0].gpt-4o") - 1]).toContain("gpt-4o: [claude, local-llama]");
    expect(lines[lineOf("model_list[5].litellm_params.api_key") - 1]).toContain("litellm_params:");
  });

  test("fallbacks and names with several deployments become requests that can be sent", () => {
    const { examples } = whole.result;
    expect(examples.map(({ title }) => title)).toEqual([
      'In place of the deployments of "gpt-4o"',
      'In place of the fallbacks of "gpt-4o"',
    ]);
    expect(examples[1]?.steps).toHaveLength(5);
    expect(examples[1]?.steps.at(-1)).toMatchObject({
      provider: "compat",
      endpoint: "chat/completions",
      query: { model: "custom-10-0-0-5-8000/meta-llama/Llama-3.3-70B-Instruct" },
    });
  });

  test.each([
    ["num_retries: 0", { retry_max_attempts: 1 }],
    ["num_retries: 4", { retry_max_attempts: 5 }],
    ["num_retries: 40", { retry_max_attempts: 5 }],
    ["num_retries: many", {}],
  ])("%s", (setting, settings) => {
    const outcome = imported("litellm", `router_settings: { ${setting} }`);
    expect(outcome.at("accounts", "default", "gateways", "default")).toEqual(settings);
  });

  test.each([
    ["https://api.openai.com/v1", "openai/x", {}],
    ["https://api.openai.com", "openai/x", {}],
    ["https://api.anthropic.com/v1", "anthropic/x", {}],
    [
      "https://proxy.example.com/a",
      "anthropic/x",
      { base_url: "https://proxy.example.com/a", dialect: "anthropic-messages" },
    ],
    ["https://proxy.example.com/a/", "openai/x", { base_url: "https://proxy.example.com/a" }],
    ["https://me:plain-secret@proxy.example.com", "openai/x", {}],
    ["https://proxy.example.com/?key=plain-secret", "openai/x", {}],
    ["not a url", "openai/x", {}],
  ])("api_base %s of %s", (base, model, provider) => {
    const entry = { model_name: "m", litellm_params: { model, api_base: base, api_key: "sk-plain-1" } };
    const outcome = imported("litellm", JSON.stringify({ model_list: [entry] }));
    expect(Object.values(outcome.at("providers") ?? {})[0] ?? {}).toEqual(provider);
    expectInvariants(outcome);
  });

  test("two paths of one host are two providers, one path is one", () => {
    const entry = (base: string) => ({ model_name: base, litellm_params: { model: "openai/x", api_base: base } });
    const list = ["https://a.example.com/1", "https://a.example.com/2", "https://a.example.com/1/"].map(entry);
    expect(imported("litellm", JSON.stringify({ model_list: list })).at("providers")).toEqual({
      "custom-a-example-com": { base_url: "https://a.example.com/1" },
      "custom-a-example-com-2": { base_url: "https://a.example.com/2" },
    });
  });
});
