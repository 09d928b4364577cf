import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { placeholdersOf } from "./base-url.ts";
import { catalogue } from "./catalogue.ts";
import { compileProviders } from "./registry.ts";
import { routeUpstream } from "./route-upstream.ts";

const vendorFolder = new URL("vendors/", import.meta.url);
const referencePage = new URL("../../../docs/reference/providers.md", import.meta.url);
/** Provider ids of `@pydantic/genai-prices` 0.1.8 that the catalogue may use. */
const knownPriceKeys = new Set(
  `anthropic aws azure baseten cerebras cloudflare cohere deepseek fireworks google groq mistral openai openrouter perplexity x-ai`.split(
    " ",
  ),
);

/** slug, endpoint after it, URL it reaches. Documented form first, then the form the official clients send (reference §1.3). */
const routes: readonly (readonly [slug: string, endpoint: string, url: string])[] = [
  ["openai", "chat/completions", "https://api.openai.com/v1/chat/completions"],
  ["openai", "v1/chat/completions", "https://api.openai.com/v1/chat/completions"],
  ["openai", "responses", "https://api.openai.com/v1/responses"],
  ["openai", "v1/responses", "https://api.openai.com/v1/responses"],
  ["openai", "/v1/embeddings", "https://api.openai.com/v1/embeddings"],
  ["anthropic", "v1/messages", "https://api.anthropic.com/v1/messages"],
  ["anthropic", "messages?beta=true", "https://api.anthropic.com/v1/messages?beta=true"],
  [
    "google-ai-studio",
    "v1/models/gemini-2.5-flash:generateContent",
    "https://generativelanguage.googleapis.com/v1/models/gemini-2.5-flash:generateContent",
  ],
  [
    "google-ai-studio",
    "v1beta/models/g:streamGenerateContent?alt=sse",
    "https://generativelanguage.googleapis.com/v1beta/models/g:streamGenerateContent?alt=sse",
  ],
  ["google", "v1beta/models?key=k", "https://generativelanguage.googleapis.com/v1beta/models?key=k"],
  [
    "google-vertex-ai",
    "v1/projects/p/locations/us-central1/publishers/google/models/m:generateContent",
    "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/publishers/google/models/m:generateContent",
  ],
  [
    "google-vertex-ai",
    "v1/projects/p/locations/global/publishers/google/models/m:generateContent",
    "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/models/m:generateContent",
  ],
  [
    "google-vertex-ai",
    "v1/projects/p/locations/eu/publishers/anthropic/models/m:rawPredict",
    "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/publishers/anthropic/models/m:rawPredict",
  ],
  [
    "google-vertex",
    "v1/publishers/google/models/m:generateContent?key=k",
    "https://aiplatform.googleapis.com/v1/publishers/google/models/m:generateContent?key=k",
  ],
  [
    "azure-openai",
    "res-1/gpt-4o/chat/completions?api-version=2024-10-21",
    "https://res-1.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
  ],
  [
    "azure",
    "res-1/openai/deployments/gpt-4o/chat/completions",
    "https://res-1.openai.azure.com/openai/deployments/gpt-4o/chat/completions",
  ],
  ["azure-openai", "Res-1/openai/v1/responses", "https://res-1.openai.azure.com/openai/v1/responses"],
  [
    "aws-bedrock",
    "bedrock-runtime/us-east-1/model/a.b-v1%3A0/invoke",
    "https://bedrock-runtime.us-east-1.amazonaws.com/model/a.b-v1%3A0/invoke",
  ],
  [
    "bedrock",
    "bedrock-mantle/us-west-2/anthropic/v1/messages",
    "https://bedrock-mantle.us-west-2.api.aws/anthropic/v1/messages",
  ],
  [
    "aws-bedrock",
    "bedrock-agent-runtime/us-gov-west-1/agents/x",
    "https://bedrock-agent-runtime.us-gov-west-1.amazonaws.com/agents/x",
  ],
  [
    "workers-ai",
    "@cf/meta/llama-3.1-8b-instruct",
    "https://api.cloudflare.com/client/v4/accounts/acc1/ai/run/@cf/meta/llama-3.1-8b-instruct",
  ],
  [
    "workers-ai",
    "run/@cf/meta/llama-3.1-8b-instruct",
    "https://api.cloudflare.com/client/v4/accounts/acc1/ai/run/@cf/meta/llama-3.1-8b-instruct",
  ],
  ["workers-ai", "v1/chat/completions", "https://api.cloudflare.com/client/v4/accounts/acc1/ai/v1/chat/completions"],
  ["workers-ai", "v1/embeddings", "https://api.cloudflare.com/client/v4/accounts/acc1/ai/v1/embeddings"],
  ["grok", "v1/chat/completions", "https://api.x.ai/v1/chat/completions"],
  ["grok", "chat/completions", "https://api.x.ai/v1/chat/completions"],
  ["xai", "v1/messages", "https://api.x.ai/v1/messages"],
  ["groq", "chat/completions", "https://api.groq.com/openai/v1/chat/completions"],
  ["groq", "openai/v1/chat/completions", "https://api.groq.com/openai/v1/chat/completions"],
  ["groq", "v1/chat/completions", "https://api.groq.com/openai/v1/chat/completions"],
  ["mistral", "v1/chat/completions", "https://api.mistral.ai/v1/chat/completions"],
  ["deepseek", "chat/completions", "https://api.deepseek.com/chat/completions"],
  ["deepseek", "v1/chat/completions", "https://api.deepseek.com/v1/chat/completions"],
  ["perplexity-ai", "chat/completions", "https://api.perplexity.ai/chat/completions"],
  ["perplexity", "v1/chat/completions", "https://api.perplexity.ai/v1/chat/completions"],
  ["cerebras", "chat/completions", "https://api.cerebras.ai/v1/chat/completions"],
  ["cerebras", "v1/chat/completions", "https://api.cerebras.ai/v1/chat/completions"],
  ["cohere", "v1/chat", "https://api.cohere.com/v1/chat"],
  ["cohere", "v2/chat", "https://api.cohere.com/v2/chat"],
  ["cohere", "chat", "https://api.cohere.com/v1/chat"],
  ["cohere", "compatibility/v1/chat/completions", "https://api.cohere.com/compatibility/v1/chat/completions"],
  ["openrouter", "chat/completions", "https://openrouter.ai/api/v1/chat/completions"],
  ["openrouter", "v1/chat/completions", "https://openrouter.ai/api/v1/chat/completions"],
  ["openrouter", "api/v1/chat/completions", "https://openrouter.ai/api/v1/chat/completions"],
  ["huggingface", "bigcode/starcoder", "https://router.huggingface.co/hf-inference/models/bigcode/starcoder"],
  ["huggingface", "models/bigcode/starcoder", "https://router.huggingface.co/hf-inference/models/bigcode/starcoder"],
  [
    "huggingface",
    "org/m/v1/chat/completions",
    "https://router.huggingface.co/hf-inference/models/org/m/v1/chat/completions",
  ],
  [
    "huggingface",
    "org/m/pipeline/feature-extraction",
    "https://router.huggingface.co/hf-inference/models/org/m/pipeline/feature-extraction",
  ],
  ["huggingface", "v1/chat/completions", "https://router.huggingface.co/v1/chat/completions"],
  ["huggingface", "hf-inference/v1/chat/completions", "https://router.huggingface.co/hf-inference/v1/chat/completions"],
  ["huggingface", "featherless-ai/v1/completions", "https://router.huggingface.co/featherless-ai/v1/completions"],
  ["huggingface", "groq/openai/v1/chat/completions", "https://router.huggingface.co/groq/openai/v1/chat/completions"],
  [
    "huggingface",
    "fal-ai/fal-ai/flux/dev?_subdomain=queue",
    "https://router.huggingface.co/fal-ai/fal-ai/flux/dev?_subdomain=queue",
  ],
  [
    "huggingface",
    "zai-org/api/paas/v4/chat/completions",
    "https://router.huggingface.co/zai-org/api/paas/v4/chat/completions",
  ],
  ["huggingface", "zai-org/GLM-4.5", "https://router.huggingface.co/hf-inference/models/zai-org/GLM-4.5"],
  ["replicate", "predictions", "https://api.replicate.com/v1/predictions"],
  ["replicate", "v1/predictions", "https://api.replicate.com/v1/predictions"],
  ["baseten", "v1/chat/completions", "https://inference.baseten.co/v1/chat/completions"],
  ["baseten", "chat/completions", "https://inference.baseten.co/v1/chat/completions"],
  ["baseten", "model/abcd1234", "https://model-abcd1234.api.baseten.co/environments/production/predict"],
  [
    "baseten",
    "model/abcd1234/environments/staging/sync/v1/chat/completions",
    "https://model-abcd1234.api.baseten.co/environments/staging/sync/v1/chat/completions",
  ],
  ["parallel", "v1/tasks/runs", "https://api.parallel.ai/v1/tasks/runs"],
  ["parallel", "v1beta/findall/ingest", "https://api.parallel.ai/v1beta/findall/ingest"],
  ["cartesia", "tts/bytes", "https://api.cartesia.ai/tts/bytes"],
  [
    "elevenlabs",
    "v1/text-to-speech/v?output_format=mp3_44100_128",
    "https://api.elevenlabs.io/v1/text-to-speech/v?output_format=mp3_44100_128",
  ],
  ["deepgram", "v1/listen", "https://api.deepgram.com/v1/listen"],
  ["fal", "fal-ai/fast-sdxl", "https://fal.run/fal-ai/fast-sdxl"],
  ["fal", "", "https://fal.run/"],
  ["ideogram", "v1/ideogram-v3/generate", "https://api.ideogram.ai/v1/ideogram-v3/generate"],
  ["fireworks", "chat/completions", "https://api.fireworks.ai/inference/v1/chat/completions"],
  ["fireworks", "inference/v1/chat/completions", "https://api.fireworks.ai/inference/v1/chat/completions"],
];

const registry = compileProviders({});

function urlOf(slug: string, endpoint: string): string {
  const provider = registry.get(slug);
  if (provider === undefined) throw new Error(`no provider ${slug}`);
  const [rest = "", query] = endpoint.split("?");
  const request = { rest, query: query === undefined ? "" : `?${query}`, headers: [], accountId: "acc1" };
  const { origin, hostHeader, target } = routeUpstream(provider, request);
  expect(hostHeader).toBe(origin.hostname);
  expect(origin.port).toBe(443);
  return `${origin.secure ? "https" : "http"}://${origin.hostname}${target}`;
}

test.each(routes)("%s/%s goes to %s", (slug, endpoint, url) => {
  expect(urlOf(slug, endpoint)).toBe(url);
});

describe("invariants of the catalogue", () => {
  test("every vendor module is listed under its file's name, and every provider has a row above", () => {
    const files = readdirSync(vendorFolder).map((name) => name.replace(/\.ts$/, ""));
    const slugs = catalogue.map((provider) => provider.slug);
    expect(slugs.toSorted()).toEqual(files.toSorted());
    const tested = new Set(routes.map(([slug]) => registry.get(slug)?.slug));
    expect(slugs.filter((slug) => !tested.has(slug))).toEqual([]);
  });

  test("slugs and aliases are unique lower-case names", () => {
    const names = catalogue.flatMap((provider) => [provider.slug, ...(provider.aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
    expect(registry.size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
  });

  test.each(catalogue.map((provider) => [provider.slug, provider] as const))("%s is sound", (slug, provider) => {
    for (const url of [provider.baseUrl, ...Object.values(provider.otherBaseUrls ?? {})]) {
      expect(url).toMatch(/^https:\/\/[^/?#@:]+(?:\/[^?#]*[^/?#])?$/);
    }
    expect(provider.credentialHeaders.length).toBeGreaterThan(0);
    for (const name of provider.credentialHeaders) expect(name).toMatch(/^[a-z][a-z-]*$/);
    if (provider.priceKey !== null) expect(knownPriceKeys).toContain(provider.priceKey);
    const lines = readFileSync(new URL(`${slug}.ts`, vendorFolder), "utf8")
      .trimEnd()
      .split("\n").length;
    expect(lines).toBeGreaterThanOrEqual(10);
    expect(lines).toBeLessThanOrEqual(50);
    expect(placeholdersOf(provider.baseUrl).length).toBeLessThanOrEqual(1);
  });
});

describe("configuration", () => {
  const open = { dialect: null };

  function target(configs: Parameters<typeof compileProviders>[0], slug: string, rest: string) {
    const provider = compileProviders(configs).get(slug);
    if (provider === undefined) throw new Error(`no provider ${slug}`);
    return routeUpstream(provider, { rest, query: "", headers: [], accountId: "acc1" });
  }

  test("a replaced base URL keeps its path and takes what the path rule gives", () => {
    const local = { base_url: "http://127.0.0.1:9000/up", ...open };
    expect(target({ "azure-openai": local }, "azure", "res/dep/chat/completions")).toMatchObject({
      origin: { secure: false, hostname: "127.0.0.1", port: 9000 },
      hostHeader: "127.0.0.1:9000",
      target: "/up/openai/deployments/dep/chat/completions",
    });
    const bedrock = target({ bedrock: local }, "aws-bedrock", "bedrock-mantle/us-east-1/v1/responses");
    expect(bedrock).toMatchObject({ hostHeader: "127.0.0.1:9000", target: "/up/v1/responses" });
    const vertex = target({ "google-vertex-ai": local }, "google-vertex-ai", "v1/projects/p/locations/global/x");
    expect(vertex.target).toBe("/up/v1/projects/p/locations/global/x");
    expect(target({ "workers-ai": local }, "workers-ai", "@cf/a/b").target).toBe("/up/ai/run/@cf/a/b");
    expect(target({ huggingface: local }, "huggingface", "gpt2").target).toBe("/up/hf-inference/models/gpt2");
    expect(target({ baseten: local }, "baseten", "model/ab/predict").hostHeader).toBe("127.0.0.1:9000");
  });

  test("the version segment follows the replaced base URL", () => {
    const versioned = { openai: { base_url: "http://[::1]:9000/v1/", ...open } };
    for (const rest of ["chat/completions", "v1/chat/completions"]) {
      expect(target(versioned, "openai", rest)).toMatchObject({
        target: "/v1/chat/completions",
        hostHeader: "[::1]:9000",
      });
    }
    expect(target(versioned, "openai", "models").origin.hostname).toBe("::1");
    const bare = { openai: { base_url: "http://localhost", ...open } };
    expect(target(bare, "openai", "v1/models")).toMatchObject({
      target: "/v1/models",
      hostHeader: "localhost",
      origin: { port: 80 },
    });
  });

  test("placeholders of the provider may stand in a replaced base URL", () => {
    const cognitive = { "azure-openai": { base_url: "https://{resource}.services.ai.azure.com", ...open } };
    expect(target(cognitive, "azure-openai", "r1/d/embeddings").hostHeader).toBe("r1.services.ai.azure.com");
  });

  test("custom providers follow their dialect; without one, the path", () => {
    const custom = {
      "custom-vllm": { base_url: "http://10.0.0.5:8000", dialect: "openai-chat" },
      "custom-plain": { base_url: "https://llm.example/v1", dialect: null },
      "custom-claude": { base_url: "https://llm.example", dialect: "anthropic-messages" },
    };
    expect(target(custom, "custom-vllm", "v1/chat/completions")).toMatchObject({
      target: "/v1/chat/completions",
      dialect: "openai-chat",
    });
    expect(target(custom, "custom-vllm", "v1/responses").dialect).toBe("openai-responses");
    expect(target(custom, "custom-plain", "v1/embeddings")).toMatchObject({
      target: "/v1/embeddings",
      dialect: "openai-embeddings",
    });
    expect(target(custom, "custom-claude", "anything").dialect).toBe("anthropic-messages");
    expect(compileProviders(custom).get("custom-other")).toBeUndefined();
  });

  test.each([
    ["openia", ["http://x", null], "providers.openia: is not a known provider"],
    ["custom-", ["http://x", null], "providers.custom-: is not a known provider"],
    ["openai", ["ftp://x", null], "must begin with http"],
    ["openai", ["not a url", null], "is not a URL"],
    ["openai", ["http://user:secret@x", null], "may hold no credentials"],
    ["openai", ["http://x/?a=1", null], "no query"],
    ["openai", ["http://x/{region}", null], "cannot fill"],
    ["azure-openai", ["https://{Resource}.x", null], "not {name} in small letters"],
    ["openai", ["http://x", "openai"], 'dialect "openai" is not one of openai-chat'],
  ] as const)("%s with %p is refused", (slug, [base_url, dialect], message) => {
    expect(() => compileProviders({ [slug]: { base_url, dialect } })).toThrow(message);
    expect(() => compileProviders({ [slug]: { base_url, dialect } })).not.toThrow("secret");
  });

  test("one provider cannot be configured under two names", () => {
    const config = { base_url: "http://x", ...open };
    expect(() => compileProviders({ google: config, "google-ai-studio": config })).toThrow("providers.google");
  });
});

describe("docs/reference/providers.md", () => {
  const rows = readFileSync(referencePage, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `") && line.split("|").length === 8)
    .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")));

  test("has one row per provider with its upstream, aliases, credential field and compat endpoints", () => {
    const written = rows.map(([, slug, aliases, upstream, credential, , compat]) =>
      [slug, aliases, upstream, credential, compat].join(" | "),
    );
    const expected = catalogue.map(({ slug, aliases, baseUrl, credentialHeaders, compat }) =>
      [slug, aliases?.join(", ") ?? "", baseUrl, credentialHeaders[0], compat?.endpoints.join(", ") ?? ""].join(" | "),
    );
    expect(written.toSorted()).toEqual(expected.toSorted());
  });

  test("names an example path per provider that is in the table of routes above", () => {
    const known = new Set(routes.map(([slug, endpoint]) => `${slug}/${endpoint}`));
    expect(rows.map((row) => row[5] ?? "").filter((example) => !known.has(example))).toEqual([]);
  });
});
