import { describe, expect, test } from "bun:test";
import { headerValue } from "../core/header-list.ts";
import { applyKey, UnusableSecret } from "./apply-key.ts";
import { catalogue } from "./catalogue.ts";
import { compileProviders } from "./registry.ts";
import { routeUpstream } from "./route-upstream.ts";

const registry = compileProviders({
  "custom-plain": { base_url: "http://10.0.0.1", dialect: "openai-chat" },
  "custom-messages": { base_url: "http://10.0.0.1", dialect: "anthropic-messages" },
  "custom-gemini": { base_url: "http://10.0.0.1", dialect: "gemini" },
});

/** The fields that a stored key makes of a request to `rest` with `headers`. */
function keyed(slug: string, secret: string, { rest = "v1/x", headers = ["a", "1"] } = {}): readonly string[] {
  const compiled = registry.get(slug);
  if (compiled === undefined) throw new Error(`no provider ${slug}`);
  const target = routeUpstream(compiled, { rest, query: "", headers, accountId: "acc" });
  return applyKey(compiled.provider, { ...target, method: "POST", body: null, nowMs: 0 }, secret);
}

/** Where each vendor takes a key, by its own documentation. */
const places: Readonly<Record<string, readonly [name: string, value: string, rest?: string]>> = {
  anthropic: ["x-api-key", "k-1"],
  "aws-bedrock": ["authorization", "Bearer k-1", "bedrock-runtime/us-east-1/model/m/invoke"],
  "azure-openai": ["api-key", "k-1", "resource/deployment/chat/completions"],
  baseten: ["authorization", "Api-Key k-1"],
  cartesia: ["x-api-key", "k-1"],
  cerebras: ["authorization", "Bearer k-1"],
  cohere: ["authorization", "Bearer k-1"],
  deepgram: ["authorization", "Token k-1"],
  deepseek: ["authorization", "Bearer k-1"],
  elevenlabs: ["xi-api-key", "k-1"],
  fal: ["authorization", "Key k-1"],
  fireworks: ["authorization", "Bearer k-1"],
  "google-ai-studio": ["x-goog-api-key", "k-1", "v1beta/models/m:generateContent"],
  "google-vertex-ai": ["x-goog-api-key", "k-1", "v1/projects/p/locations/us-east1/publishers/google/models/m:predict"],
  grok: ["authorization", "Bearer k-1"],
  groq: ["authorization", "Bearer k-1"],
  huggingface: ["authorization", "Bearer k-1"],
  ideogram: ["api-key", "k-1"],
  mistral: ["authorization", "Bearer k-1"],
  openai: ["authorization", "Bearer k-1"],
  openrouter: ["authorization", "Bearer k-1"],
  parallel: ["x-api-key", "k-1"],
  "perplexity-ai": ["authorization", "Bearer k-1"],
  replicate: ["authorization", "Bearer k-1"],
  "workers-ai": ["authorization", "Bearer k-1"],
  "custom-plain": ["authorization", "Bearer k-1"],
  "custom-messages": ["x-api-key", "k-1"],
  "custom-gemini": ["x-goog-api-key", "k-1"],
};

describe("a stored key stands where the vendor takes it", () => {
  test("every provider of the catalogue is looked at", () => {
    expect(catalogue.map(({ slug }) => slug).filter((slug) => places[slug] === undefined)).toEqual([]);
  });

  for (const [slug, [name, value, rest]] of Object.entries(places)) {
    test(slug, () => {
      const provider = registry.get(slug)?.provider;
      const placeholders = (provider?.credentialHeaders ?? []).flatMap((field) => [field, "placeholder"]);
      const fields = keyed(slug, "k-1", {
        headers: ["a", "1", ...placeholders],
        ...(rest === undefined ? {} : { rest }),
      });
      expect(fields).toEqual(["a", "1", name, value]);
    });
  }
});

describe("peculiarities", () => {
  test("Gemini's endpoints in OpenAI's layout take a bearer", () => {
    expect(keyed("google-ai-studio", "k", { rest: "v1beta/openai/chat/completions" })).toEqual([
      "a",
      "1",
      "authorization",
      "Bearer k",
    ]);
  });

  test("a Bedrock API key is x-api-key at Mantle's Messages endpoint alone", () => {
    const at = (rest: string) => keyed("aws-bedrock", "k", { rest }).slice(2);
    expect(at("bedrock-mantle/us-east-1/anthropic/v1/messages")).toEqual(["x-api-key", "k"]);
    expect(at("bedrock-mantle/us-east-1/v1/responses")).toEqual(["authorization", "Bearer k"]);
    expect(at("bedrock-agent-runtime/us-east-1/x")).toEqual(["authorization", "Bearer k"]);
  });

  test.each([
    ["bedrock-runtime/eu-west-3/model/m/converse", "eu-west-3/bedrock/aws4_request"],
    ["bedrock-agent-runtime/us-east-1/x", "us-east-1/bedrock/aws4_request"],
    ["bedrock-mantle/us-east-1/anthropic/v1/messages", "us-east-1/bedrock-mantle/aws4_request"],
  ])("credentials of AWS sign %s for the path's region", (rest, scope) => {
    const secret = '{"accessKeyId":"AKIA","secretAccessKey":"s","region":"ap-south-1"}';
    const credential = headerValue(keyed("aws-bedrock", secret, { rest }), "authorization");
    expect(credential).toStartWith(`AWS4-HMAC-SHA256 Credential=AKIA/19700101/${scope}, SignedHeaders=host;x-amz-date`);
  });

  test("Vertex takes a service account's JSON the way a client would send it, and access tokens", () => {
    const rest = "v1/projects/p/locations/us-east1/publishers/google/models/m:predict";
    const json = '{"client_email":"a","private_key":"b","region":"us-east1"}';
    expect(headerValue(keyed("google-vertex-ai", json, { rest }), "authorization")).toBe(
      `Bearer ${Buffer.from(json).toString("base64")}`,
    );
    expect(headerValue(keyed("google-vertex-ai", "ya29.x", { rest }), "authorization")).toBe("Bearer ya29.x");
  });

  test.each(["", "  ", "a\nb", "a\r\nx-injected: 1", "a\u0000b"])("%j is no key", (secret) => {
    expect(() => keyed("openai", secret)).toThrow(UnusableSecret);
  });

  test("letters beyond ASCII leave as their bytes", () => {
    expect(keyed("openai", "kü").at(-1)).toBe(`Bearer ${Buffer.from("kü").toString("latin1")}`);
  });
});
