import { describe, expect, test } from "bun:test";
import { GatewayError } from "../core/errors.ts";
import type { HeaderList } from "../core/header-list.ts";
import { catalogue } from "./catalogue.ts";
import { compatEndpoints } from "./compat-endpoints.ts";
import { findCompatProvider } from "./find-compat-provider.ts";
import type { CompatEndpoint } from "./provider.ts";
import { compileProviders, type ProviderRegistry } from "./registry.ts";
import { routeCompat } from "./route-compat.ts";

const account = Buffer.from(
  JSON.stringify({ type: "service_account", project_id: "proj-1", region: "europe-west4", private_key: "x" }),
).toString("base64");
const key = ["authorization", "Bearer sk-1"];

interface Row {
  readonly name: string;
  readonly endpoint?: CompatEndpoint;
  readonly url: string;
  /** Name that goes into the body; the name after the prefix unless given. */
  readonly sends?: string;
  readonly headers?: HeaderList;
  /** Fields at the provider; the same unless given. */
  readonly arrives?: HeaderList;
}

const embeddings = "embeddings";
const responses = "responses";
const messages = "messages";
const workersAi = "https://api.cloudflare.com/client/v4/accounts/acc1/ai/v1";
const vertexPath = "v1/projects/proj-1/locations/europe-west4/endpoints/openapi/chat/completions";

/** Every provider with endpoints of this form, each alias, and each form of credential (reference §1.3, §1.7). */
const rows: readonly Row[] = [
  { name: "openai/gpt-4o", url: "https://api.openai.com/v1/chat/completions" },
  { name: "openai/text-embedding-3-small", endpoint: embeddings, url: "https://api.openai.com/v1/embeddings" },
  { name: "openai/ft:gpt-4o:acme::x/y", url: "https://api.openai.com/v1/chat/completions" },
  { name: "anthropic/claude-opus-5", url: "https://api.anthropic.com/v1/chat/completions" },
  {
    name: "anthropic/claude-opus-5",
    url: "https://api.anthropic.com/v1/chat/completions",
    headers: ["x-api-key", "sk-ant", "authorization", "Bearer placeholder", "anthropic-beta", "b"],
    arrives: ["anthropic-beta", "b", "authorization", "Bearer sk-ant"],
  },
  {
    name: "google-ai-studio/gemini-2.5-flash",
    url: "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
  },
  {
    name: "google/gemini-embedding-001",
    endpoint: embeddings,
    url: "https://generativelanguage.googleapis.com/v1beta/openai/embeddings",
    headers: ["x-goog-api-key", "AIza"],
    arrives: ["authorization", "Bearer AIza"],
  },
  {
    name: "google-vertex-ai/google/gemini-2.5-flash",
    url: `https://europe-west4-aiplatform.googleapis.com/${vertexPath}`,
    headers: ["authorization", `Bearer ${account}`],
  },
  {
    name: "google-vertex/projects/p-2/locations/global/google/gemini-2.5-pro",
    url: "https://aiplatform.googleapis.com/v1/projects/p-2/locations/global/endpoints/openapi/chat/completions",
    sends: "google/gemini-2.5-pro",
    headers: ["authorization", "Bearer ya29.token"],
  },
  {
    name: "google-vertex-ai/projects/p-2/locations/eu/google/gemini-2.5-pro",
    url: "https://aiplatform.eu.rep.googleapis.com/v1/projects/p-2/locations/eu/endpoints/openapi/chat/completions",
    sends: "google/gemini-2.5-pro",
  },
  {
    name: "google-vertex-ai/google/gemini-2.5-pro",
    url: "https://aiplatform.googleapis.com/v1/projects/-/locations/global/endpoints/openapi/chat/completions",
    headers: [],
  },
  {
    name: "azure-openai/res-1/gpt-4o",
    url: "https://res-1.openai.azure.com/openai/v1/chat/completions",
    sends: "gpt-4o",
  },
  {
    name: "azure/Res-1/ada-3",
    endpoint: embeddings,
    url: "https://res-1.openai.azure.com/openai/v1/embeddings",
    sends: "ada-3",
    headers: ["api-key", "az-1"],
    arrives: ["authorization", "Bearer az-1"],
  },
  { name: "aws-bedrock/qwen.qwen3-32b", url: "https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions" },
  {
    name: "bedrock/openai.gpt-oss-120b-1:0",
    url: "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1/chat/completions",
    headers: ["x-api-key", "aws-1"],
    arrives: ["authorization", "Bearer aws-1"],
  },
  { name: "workers-ai/@cf/meta/llama-3.1-8b-instruct", url: `${workersAi}/chat/completions` },
  { name: "workers-ai/@cf/baai/bge-base-en-v1.5", endpoint: embeddings, url: `${workersAi}/embeddings` },
  { name: "grok/grok-4", url: "https://api.x.ai/v1/chat/completions" },
  {
    name: "xai/grok-4",
    url: "https://api.x.ai/v1/chat/completions",
    headers: ["x-api-key", "xai-1"],
    arrives: ["authorization", "Bearer xai-1"],
  },
  { name: "xai/v1", endpoint: embeddings, url: "https://api.x.ai/v1/embeddings" },
  { name: "groq/llama-3.3-70b-versatile", url: "https://api.groq.com/openai/v1/chat/completions" },
  { name: "groq/openai/gpt-oss-120b", url: "https://api.groq.com/openai/v1/chat/completions" },
  { name: "groq/nomic-embed-text-v1_5", endpoint: embeddings, url: "https://api.groq.com/openai/v1/embeddings" },
  { name: "mistral/mistral-large-latest", url: "https://api.mistral.ai/v1/chat/completions" },
  { name: "mistral/mistral-embed", endpoint: embeddings, url: "https://api.mistral.ai/v1/embeddings" },
  { name: "deepseek/deepseek-chat", url: "https://api.deepseek.com/chat/completions" },
  { name: "perplexity-ai/sonar", url: "https://api.perplexity.ai/chat/completions" },
  { name: "perplexity/sonar", url: "https://api.perplexity.ai/chat/completions" },
  { name: "perplexity/pplx-embed-v1-4b", endpoint: embeddings, url: "https://api.perplexity.ai/v1/embeddings" },
  { name: "cerebras/llama-3.3-70b", url: "https://api.cerebras.ai/v1/chat/completions" },
  { name: "cohere/command-a", url: "https://api.cohere.com/compatibility/v1/chat/completions" },
  { name: "cohere/embed-v4.0", endpoint: embeddings, url: "https://api.cohere.com/compatibility/v1/embeddings" },
  { name: "openrouter/anthropic/claude-opus-5", url: "https://openrouter.ai/api/v1/chat/completions" },
  { name: "openrouter/qwen/qwen3-embedding-8b", endpoint: embeddings, url: "https://openrouter.ai/api/v1/embeddings" },
  {
    name: "huggingface/meta-llama/Llama-3.1-8B-Instruct:groq",
    url: "https://router.huggingface.co/v1/chat/completions",
  },
  { name: "baseten/deepseek-ai/DeepSeek-V3.1", url: "https://inference.baseten.co/v1/chat/completions" },
  {
    name: "parallel/speed",
    url: "https://api.parallel.ai/chat/completions",
    headers: ["x-api-key", "pk"],
    arrives: ["authorization", "Bearer pk"],
  },
  {
    name: "fireworks/accounts/fireworks/models/deepseek-v3p2",
    url: "https://api.fireworks.ai/inference/v1/chat/completions",
  },
  {
    name: "fireworks/nomic-ai/nomic-embed",
    endpoint: embeddings,
    url: "https://api.fireworks.ai/inference/v1/embeddings",
  },
  { name: "openai/gpt-5", endpoint: responses, url: "https://api.openai.com/v1/responses" },
  { name: "workers-ai/@cf/openai/gpt-oss-120b", endpoint: responses, url: `${workersAi}/responses` },
  { name: "grok/grok-4", endpoint: responses, url: "https://api.x.ai/v1/responses" },
  { name: "xai/grok-4", endpoint: responses, url: "https://api.x.ai/v1/responses" },
  { name: "groq/openai/gpt-oss-120b", endpoint: responses, url: "https://api.groq.com/openai/v1/responses" },
  { name: "openrouter/openai/gpt-5", endpoint: responses, url: "https://openrouter.ai/api/v1/responses" },
  {
    name: "fireworks/accounts/fireworks/models/kimi-k2",
    endpoint: responses,
    url: "https://api.fireworks.ai/inference/v1/responses",
  },
  {
    name: "anthropic/claude-haiku-4.5",
    endpoint: messages,
    url: "https://api.anthropic.com/v1/messages",
    sends: "claude-haiku-4-5",
    headers: ["x-api-key", "sk-ant"],
    arrives: ["x-api-key", "sk-ant", "anthropic-version", "2023-06-01"],
  },
  {
    name: "anthropic/claude-opus-5",
    endpoint: messages,
    url: "https://api.anthropic.com/v1/messages",
    headers: ["anthropic-version", "2024-01-01"],
    arrives: ["anthropic-version", "2024-01-01"],
  },
  {
    name: "grok/grok-4",
    endpoint: messages,
    url: "https://api.x.ai/v1/messages",
    headers: ["x-api-key", "xai-1"],
    arrives: ["x-api-key", "xai-1"],
  },
  { name: "xai/grok-4", endpoint: messages, url: "https://api.x.ai/v1/messages" },
];

const registry = compileProviders({});

function route(
  name: string,
  options: { endpoint?: CompatEndpoint; headers?: HeaderList; providers?: ProviderRegistry; query?: string } = {},
) {
  const found = findCompatProvider(options.providers ?? registry, name, false);
  const call = {
    ...found,
    endpoint: options.endpoint ?? "chat/completions",
    query: options.query ?? "",
    accountId: "acc1",
  };
  const target = routeCompat(call, options.headers ?? key);
  const { origin } = target;
  const port = origin.port === (origin.secure ? 443 : 80) ? "" : `:${origin.port}`;
  const url = `${origin.secure ? "https" : "http"}://${origin.hostname}${port}${target.target}`;
  return { ...target, url, slug: found.compiled.slug };
}

function faultOf(run: () => unknown): { code: number; message: string; details: GatewayError["details"] } {
  try {
    run();
  } catch (error) {
    const { definition, message, details } = error as GatewayError;
    return { code: definition.code, message, details };
  }
  throw new Error("nothing was thrown");
}

test.each(rows.map((row) => [row.name, row.endpoint ?? "chat/completions", row] as const))(
  "%s, %s",
  (name, endpoint, row) => {
    const headers = row.headers ?? key;
    const routed = route(name, { endpoint, headers });
    expect(routed.url).toBe(row.url);
    expect(routed.model).toBe(row.sends ?? name.slice(name.indexOf("/") + 1));
    expect(routed.headers).toEqual(row.arrives ?? headers);
    expect(routed.dialect).toBe(compatEndpoints[endpoint].dialect);
  },
);

describe("the table above is whole", () => {
  test("it has every slug and alias of a provider with such endpoints, under each endpoint it has", () => {
    for (const { slug, aliases, compat } of catalogue) {
      if (compat === undefined) continue;
      const asked = rows.filter(({ name }) => registry.get(name.split("/")[0] as string)?.slug === slug);
      const prefixes = new Set(asked.map(({ name }) => name.split("/")[0]));
      expect([...prefixes].toSorted()).toEqual([slug, ...(aliases ?? [])].toSorted());
      const endpoints = new Set(asked.map(({ endpoint }) => endpoint ?? "chat/completions"));
      expect([...endpoints].toSorted()).toEqual(compat.endpoints.toSorted());
    }
  });

  test("each field a key may come in is one of the provider's, and is tried", () => {
    for (const { slug, credentialHeaders, compat } of catalogue) {
      for (const field of compat?.keyFields ?? []) {
        expect(credentialHeaders).toContain(field);
        const tried = rows.filter(
          ({ name, endpoint, headers }) =>
            registry.get(name.split("/")[0] as string)?.slug === slug &&
            endpoint !== messages &&
            headers?.[0] === field,
        );
        expect(tried.length).toBe(1);
      }
    }
  });
});

test("the query goes on, and one that breaks the request line does not", () => {
  expect(route("azure/res/dep", { query: "?api-version=preview" }).target).toEndWith(
    "/chat/completions?api-version=preview",
  );
  expect(faultOf(() => route("openai/gpt-4o", { query: "?a b" })).code).toBe(7001);
});

describe("providers of one's own, and replaced base URLs", () => {
  const providers = (base_url: string, slug = "custom-own", dialect: string | null = null): ProviderRegistry =>
    compileProviders({ [slug]: { base_url, dialect } });

  test.each([
    ["http://10.0.0.5:8000", "http://10.0.0.5:8000/v1/chat/completions"],
    ["http://10.0.0.5:8000/v1", "http://10.0.0.5:8000/v1/chat/completions"],
    ["http://10.0.0.5:8000/v2", "http://10.0.0.5:8000/v2/chat/completions"],
    ["https://llm.example/api", "https://llm.example/api/v1/chat/completions"],
    ["https://llm.example/v1/openai", "https://llm.example/v1/openai/chat/completions"],
    ["https://llm.example/v1beta/x", "https://llm.example/v1beta/x/chat/completions"],
  ])("%s is asked at %s", (base, url) => {
    expect(route("custom-own/org/model", { providers: providers(base) })).toMatchObject({ url, model: "org/model" });
  });

  test("embeddings likewise", () => {
    const routed = route("custom-own/m", { providers: providers("http://x.example"), endpoint: "embeddings" });
    expect(routed.url).toBe("http://x.example/v1/embeddings");
  });

  test.each(["anthropic-messages", "gemini", "cohere", "ollama", "opaque"])("not with the dialect %s", (dialect) => {
    const fault = faultOf(() =>
      route("custom-own/m", { providers: providers("http://x.example", "custom-own", dialect) }),
    );
    expect(fault).toMatchObject({ code: 2019, details: { cause: "translation_not_supported", path: "model" } });
    expect(fault.details.explanation).toContain(`speaks ${dialect}`);
  });

  test("openai with a dialect of its own, and with a base URL that has no version", () => {
    const local = providers("http://127.0.0.1:9000", "openai");
    expect(route("openai/m", { providers: local }).url).toBe("http://127.0.0.1:9000/v1/chat/completions");
    const odd = providers("http://127.0.0.1:9000", "openai", "ollama");
    expect(faultOf(() => route("openai/m", { providers: odd })).code).toBe(2019);
  });

  test("other rules keep their path", () => {
    const paths = ["anthropic", "google", "cohere", "deepseek", "workers-ai", "bedrock"].map(
      (slug) => route(`${slug}/m`, { providers: providers("http://127.0.0.1:9000", slug) }).target,
    );
    expect(paths).toEqual([
      "/v1/chat/completions",
      "/v1beta/openai/chat/completions",
      "/compatibility/v1/chat/completions",
      "/chat/completions",
      "/ai/v1/chat/completions",
      "/v1/chat/completions",
    ]);
  });
});

describe("what cannot be asked", () => {
  test.each(["gpt-4o", "/gpt-4o", "openai/", "/", "", "@cf", "a b"])("%p names no provider", (name) => {
    const fault = faultOf(() => route(name));
    expect(fault).toMatchObject({ code: 2019, message: "Chat completion bad format", details: { path: "model" } });
    expect(fault.details.explanation).toContain("expected {provider}/{model}");
  });

  test.each([
    "nobody/gpt",
    "@cf/meta/llama",
    "OpenAI/gpt-4o",
    "custom-none/m",
    "compat/openai/gpt",
    "constructor/x",
    " openai/x",
  ])("%p begins with no provider", (name) => {
    expect(faultOf(() => route(name))).toMatchObject({ code: 2008, message: "Invalid provider" });
  });

  test.each([
    ["dynamic/support", "dynamic routes are not part"],
    ["cloudflare/auto", "choosing a model automatically"],
  ])("%s is a route", (name, explanation) => {
    const fault = faultOf(() => route(name));
    expect(fault).toMatchObject({ code: 2019, message: `Compatibility endpoint: ${name} is not supported` });
    expect(fault.details.explanation).toStartWith(explanation);
  });

  test.each([
    [
      "aws-bedrock/anthropic.claude-opus-5",
      "chat/completions",
      "serves anthropic.claude-opus-5 only in its own protocol",
    ],
    ["bedrock/us.amazon.nova-pro-v1:0", "chat/completions", "only in its own protocol"],
    ["deepseek/deepseek-chat", "embeddings", "has no such endpoint"],
    ["anthropic/claude-opus-5", "embeddings", "has no such endpoint"],
    ["replicate/meta/llama", "chat/completions", "has no such endpoint"],
    ["cartesia/sonic", "chat/completions", "has no such endpoint"],
  ] as const)("%s has no %s of this form", (name, endpoint, explanation) => {
    const fault = faultOf(() => route(name, { endpoint }));
    expect(fault).toMatchObject({ code: 2019, details: { cause: "translation_not_supported" } });
    expect(fault.message).toStartWith(`Compatibility endpoint: ${endpoint} is not supported by`);
    expect(fault.details.explanation).toContain(explanation);
  });

  test.each([
    ["azure-openai/gpt-4o", [], "expected azure-openai/{resource}/{deployment}"],
    ["azure-openai/res/dep/extra", [], "expected azure-openai/{resource}/{deployment}"],
    ["google-vertex-ai/google/gemini", ["authorization", "Bearer ya29.x"], "an access token names no project"],
    ["google-vertex-ai/google/gemini", vertexKey({ region: "us-central1" }), "has no project_id"],
    ["google-vertex-ai/google/gemini", vertexKey({ project_id: "../x" }), "has no project_id"],
    ["google-vertex-ai/google/gemini", vertexKey({ project_id: "p", region: "a/b" }), "is not a region"],
    ["google-vertex-ai/google/gemini", ["authorization", `Bearer ${base64('{ "a')}`], "does not hold a JSON object"],
  ])("%s with %j lacks what the path needs", (name, headers, explanation) => {
    const fault = faultOf(() => route(name, { headers }));
    expect(fault.code).toBe(2019);
    expect(fault.details.explanation).toContain(explanation);
  });

  test.each(["azure/a.evil/dep", "azure/a@b/dep", "azure/../dep", "vertex-none/x"])(
    "%s reaches no other host",
    (name) => {
      expect([7001, 2008]).toContain(faultOf(() => route(name)).code);
    },
  );

  test.each(["..", "a/../b", "p%2f..", "p#x", "p?x"])("a project %p leaves no path", (project) => {
    const name = `google-vertex-ai/projects/${project}/locations/global/google/gemini`;
    expect(faultOf(() => route(name, { headers: ["authorization", "Bearer ya29.x"] })).code).toBe(2019);
  });
});

function vertexKey(members: Readonly<Record<string, string>>): string[] {
  return ["authorization", `Bearer ${base64(JSON.stringify(members))}`];
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

test("models of one provider need no prefix where the address says so", () => {
  expect(findCompatProvider(registry, "@cf/meta/llama-3", true)).toMatchObject({
    model: "@cf/meta/llama-3",
    compiled: { slug: "workers-ai" },
  });
  expect(findCompatProvider(registry, "openai/gpt-4o", true)).toMatchObject({ model: "gpt-4o" });
  expect(faultOf(() => findCompatProvider(registry, "gpt-4o", true)).code).toBe(2019);
});
