import { describe, expect, test } from "bun:test";
import { refusalOf, routed } from "../../test/support/routed.ts";
import { compileProviders } from "./registry.ts";
import { routeUpstream } from "./route-upstream.ts";

describe("peculiarities", () => {
  const presigned = [
    "authorization",
    "AWS4-HMAC-SHA256 Credential=A",
    "x-amz-date",
    "20261122T000000Z",
    "x-amz-security-token",
    "t",
  ];

  test("signed Bedrock requests keep every field and get the host they were signed for", () => {
    const result = routed("aws-bedrock", "bedrock-runtime/eu-west-3/model/arn%3Aaws%3Abedrock%2Fx/converse-stream", {
      headers: presigned,
    });
    expect(result.headers).toEqual(presigned);
    expect(result).toMatchObject({
      hostHeader: "bedrock-runtime.eu-west-3.amazonaws.com",
      target: "/model/arn%3Aaws%3Abedrock%2Fx/converse-stream",
      dialect: "bedrock-converse",
      model: "arn:aws:bedrock/x",
    });
    expect(
      routed("aws-bedrock", "bedrock-mantle/us-east-1/anthropic/v1/messages", { headers: presigned }).headers,
    ).toEqual(presigned);
  });

  test("a bearer key becomes x-api-key at Mantle's Messages endpoint only", () => {
    const bearer = ["a", "1", "authorization", "Bearer key", "b", "2"];
    const messages = "bedrock-mantle/us-east-1/anthropic/v1/messages";
    expect(routed("aws-bedrock", messages, { headers: bearer })).toMatchObject({
      headers: ["a", "1", "b", "2", "x-api-key", "key"],
      dialect: "anthropic-messages",
    });
    expect(routed("aws-bedrock", "bedrock-mantle/us-east-1/v1/responses", { headers: bearer }).headers).toEqual(bearer);
    expect(routed("aws-bedrock", "bedrock-runtime/us-east-1/model/m/invoke", { headers: bearer }).headers).toEqual(
      bearer,
    );
    const both = ["x-api-key", "own", "authorization", "Bearer key"];
    expect(routed("aws-bedrock", messages, { headers: both }).headers).toEqual(both);
  });

  test("fal's target field replaces host, path and query, and stays here", () => {
    const target = (url: string) =>
      routed("fal", "ignored", { headers: ["authorization", "Key k", "x-fal-target-url", url], query: "?ignored=1" });
    expect(target("https://queue.fal.run/fal-ai/flux/dev/requests/r1/status?logs=1")).toMatchObject({
      hostHeader: "queue.fal.run",
      target: "/fal-ai/flux/dev/requests/r1/status?logs=1",
      headers: ["authorization", "Key k"],
      model: "fal-ai/flux/dev",
    });
    expect(target("https://fal.run").target).toBe("/");
    expect(target("https://FAL.RUN:443/x?a")).toMatchObject({ hostHeader: "fal.run", target: "/x?a" });
    expect(target("https://rest.alpha.fal.ai/storage").hostHeader).toBe("rest.alpha.fal.ai");
    expect(target("https://fal.ai/api").hostHeader).toBe("fal.ai");
  });

  test("a replaced base URL also serves fal's targets", () => {
    const provider = compileProviders({ fal: { base_url: "http://127.0.0.1:9000", dialect: null } }).get("fal");
    if (provider === undefined) throw new Error("no provider");
    const headers = ["x-fal-target-url", "https://queue.fal.run/fal-ai/x"];
    const result = routeUpstream(provider, { rest: "", query: "", headers, accountId: "a" });
    expect(result).toMatchObject({ hostHeader: "127.0.0.1:9000", target: "/fal-ai/x", headers: [] });
  });

  test.each([
    "http://fal.run/x",
    "https://evil.example/",
    "https://fal.run.evil.example/",
    "https://evilfal.run/",
    "https://fal.run@evil.example/",
    "https://a@fal.run/",
    "https://fal.run:8443/x",
    "https://fal.run./x",
    "https://.fal.run/x",
    "https://a..fal.run/",
    "https://-a.fal.run/",
    "https://fal.run\\@evil.example",
    "https://fal.run/../x",
    "https://fal.run//x",
    "https://fal.run/x#y",
    "https://fal.run/x?a#y",
    "//fal.run/x",
    "fal.run",
    "",
    "https://fal.run/a b",
    "https://f\u0430l.run/x",
  ])("fal target %p is refused", (url) => {
    expect(refusalOf(() => routed("fal", "x", { headers: ["x-fal-target-url", url] })).definition.code).toBe(7001);
  });

  test("two fal targets are refused", () => {
    const headers = ["x-fal-target-url", "https://fal.run/x", "x-fal-target-url", "https://fal.run/y"];
    expect(refusalOf(() => routed("fal", "", { headers })).details.path).toBe("x-fal-target-url");
  });
});

test.each([
  ["openai/v1/chat/completions", "openai-chat", null],
  ["openai/completions", "openai-chat", null],
  ["openai/responses/resp_1", "openai-responses", null],
  ["openai/v1/threads/thread_1/messages", "opaque", null],
  ["openai/v1/files/f/content", "opaque", null],
  ["anthropic/v1/messages", "anthropic-messages", null],
  ["anthropic/v1/messages/batches", "opaque", null],
  ["grok/messages", "anthropic-messages", null],
  ["deepseek/anthropic/v1/messages", "anthropic-messages", null],
  ["google-ai-studio/v1beta/models/gemini-2.5-flash:generateContent", "gemini", "gemini-2.5-flash"],
  ["google-ai-studio/v1beta/tunedModels/t1:generateContent", "gemini", "tunedModels/t1"],
  ["google-ai-studio/v1beta/openai/chat/completions", "openai-chat", null],
  ["google-ai-studio/upload/v1beta/files", "opaque", null],
  ["google-vertex-ai/v1/projects/p/locations/us/publishers/google/models/g:generateContent", "gemini", "g"],
  [
    "google-vertex-ai/v1/projects/p/locations/us-east5/publishers/anthropic/models/c@1:streamRawPredict",
    "anthropic-messages",
    "c@1",
  ],
  ["google-vertex-ai/v1/projects/p/locations/us-east5/endpoints/openapi/chat/completions", "openai-chat", null],
  ["azure-openai/r/my%20dep/embeddings", "openai-embeddings", "my dep"],
  ["aws-bedrock/bedrock-runtime/us-east-1/model/a.b-v1%3A0/invoke-with-response-stream", "bedrock-invoke", "a.b-v1:0"],
  ["aws-bedrock/bedrock-runtime/us-east-1/openai/v1/chat/completions", "openai-chat", null],
  ["workers-ai/@cf/meta/llama", "workers-ai", "@cf/meta/llama"],
  ["workers-ai/run/%40cf%2Fmeta%2Fllama", "workers-ai", "@cf/meta/llama"],
  ["workers-ai/v1/embeddings", "openai-embeddings", null],
  ["cohere/v2/chat", "cohere", null],
  ["cohere/compatibility/v1/chat/completions", "openai-chat", null],
  ["huggingface/org/m/pipeline/feature-extraction", "huggingface", "org/m"],
  ["huggingface/gpt2", "huggingface", "gpt2"],
  ["huggingface/v1/chat/completions", "openai-chat", null],
  ["replicate/v1/models/meta/llama/predictions", "replicate", "meta/llama"],
  ["replicate/models", "opaque", null],
  ["baseten/model/ab12", "opaque", "ab12"],
  ["fal/fal-ai/fast-sdxl", "opaque", "fal-ai/fast-sdxl"],
  ["ideogram/v1/ideogram-v3/generate", "opaque", "ideogram-v3"],
  ["deepgram/v1/listen", "opaque", null],
] as const)("%s speaks %s and names the model %p", (path, dialect, model) => {
  const slash = path.indexOf("/");
  expect(routed(path.slice(0, slash), path.slice(slash + 1))).toMatchObject({ dialect, model });
});
