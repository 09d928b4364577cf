import { describe, expect, test } from "bun:test";
import { kindOf, usageOf } from "../../test/support/dialect-reading.ts";
import { openaiChat } from "./openai-chat.ts";

describe("usage", () => {
  test("counts with all details, the vendor's tier and total", () => {
    const usage = {
      prompt_tokens: 120,
      completion_tokens: 45,
      total_tokens: 165,
      prompt_tokens_details: {
        cached_tokens: 100,
        audio_tokens: 0,
        text_tokens: 120,
        image_tokens: 3,
        video_tokens: 2,
      },
      completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 1, text_tokens: 44, image_tokens: 4 },
    };
    expect(usageOf(openaiChat, [{ service_tier: "flex", usage }])).toEqual({
      inputTokens: 120,
      outputTokens: 45,
      totalTokens: 165,
      inputTextTokens: 120,
      inputAudioTokens: 0,
      inputImageTokens: 3,
      inputVideoTokens: 2,
      inputCachedTokens: 100,
      outputTextTokens: 44,
      outputReasoningTokens: 20,
      outputAudioTokens: 1,
      outputImageTokens: 4,
      serviceTier: "flex",
    });
  });

  test.each([
    [
      "group under x_groq",
      [{ x_groq: { usage: { prompt_tokens: 4, completion_tokens: 2 } } }],
      { inputTokens: 4, outputTokens: 2 },
    ],
    [
      "cache hit beside the counts",
      [{ usage: { prompt_tokens: 9, prompt_cache_hit_tokens: 5 } }],
      { inputTokens: 9, inputCachedTokens: 5 },
    ],
    ["searches counted", [{ usage: { prompt_tokens: 1, num_search_queries: 3 } }], { inputTokens: 1, webSearches: 3 }],
    ["seconds of a transcript", [{ text: "hi", usage: { type: "duration", seconds: 7.5 } }], { audioSeconds: 7.5 }],
    ["seconds of an audio prompt", [{ usage: { prompt_audio_seconds: 12 } }], { audioSeconds: 12 }],
    [
      "tokens of a transcript",
      [{ usage: { input_tokens: 37, input_token_details: { text_tokens: 0, audio_tokens: 37 }, output_tokens: 5 } }],
      { inputTokens: 37, outputTokens: 5, inputTextTokens: 0, inputAudioTokens: 37 },
    ],
    [
      "cost in dollars",
      [{ usage: { prompt_tokens: 1, cost: 0.00183 } }],
      { inputTokens: 1, reportedCostNanoUsd: 1_830_000 },
    ],
    [
      "cost in parts",
      [{ usage: { prompt_tokens: 1, cost: { total_cost: 0.005 } } }],
      { inputTokens: 1, reportedCostNanoUsd: 5_000_000 },
    ],
    [
      "cost in ticks",
      [{ usage: { prompt_tokens: 1, cost_in_usd_ticks: 37_756_000 } }],
      { inputTokens: 1, reportedCostNanoUsd: 3_775_600 },
    ],
    [
      "reasoning apart from the completion, as the total proves",
      [
        {
          usage: {
            prompt_tokens: 10,
            completion_tokens: 5,
            total_tokens: 45,
            completion_tokens_details: { reasoning_tokens: 30 },
          },
        },
      ],
      { inputTokens: 10, outputTokens: 35, totalTokens: 45, outputReasoningTokens: 30 },
    ],
    [
      "the last of a stream's repeated usages",
      [
        { usage: { prompt_tokens: 3, completion_tokens: 1 } },
        { usage: null },
        { usage: { prompt_tokens: 3, completion_tokens: 8 } },
      ],
      { inputTokens: 3, outputTokens: 8 },
    ],
  ])("%s", (_name, documents, expected) => {
    expect(usageOf(openaiChat, documents)).toEqual(expected);
  });

  test.each([
    ["no usage", {}],
    ["null", { usage: null }],
    ["not numbers", { usage: { prompt_tokens: "12", completion_tokens: -4, total_tokens: null } }],
    ["not an object", { usage: [1, 2] }],
  ])("none from %s", (_name, body) => {
    expect(usageOf(openaiChat, [body])).toBeNull();
  });
});

test.each([
  [{ choices: [{ delta: { role: "assistant", content: "" }, finish_reason: null }] }, "prelude"],
  [{ choices: [], prompt_filter_results: [] }, "prelude"],
  [{ choices: [], usage: { prompt_tokens: 1 } }, "prelude"],
  [{ choices: [{ delta: { content: "a" } }] }, "content"],
  [{ choices: [{ delta: { reasoning_content: "hm" } }] }, "content"],
  [{ choices: [{ delta: { tool_calls: [{ index: 0 }] } }] }, "content"],
  [{ choices: [{ text: "a", finish_reason: null }] }, "content"],
  [{ choices: [{ delta: {}, finish_reason: "stop" }] }, "finish"],
  [{ choices: [{ delta: {}, finish_reason: "error" }] }, "error"],
  [{ error: { message: "overloaded" }, choices: [] }, "error"],
  ["[DONE]", "finish"],
  ["not json", "content"],
  ["", "prelude"],
  [{ type: "transcript.text.delta", delta: "a" }, "content"],
  [{ type: "transcript.text.done", text: "a" }, "finish"],
])("%j is %s", (data, kind) => {
  expect(kindOf(openaiChat, data)).toBe(kind as ReturnType<typeof kindOf>);
});

test.each([
  [{ error: { message: "no such model", type: "invalid_request_error" } }, "no such model"],
  [{ error: "plain words" }, "plain words"],
  [{ object: "error", message: "bad", code: 40301 }, "bad"],
  [{ error: null, choices: [] }, null],
  [{ object: "response", error: null }, null],
  [{ object: "response", status: "failed", error: { code: "server_error", message: "sorry" } }, "sorry"],
  [{ object: "batch", errors: null, error: { message: "of a job" } }, null],
  [{ object: "fine_tuning.job", error: { message: "of a job" } }, null],
  [{ error: {} }, null],
  [[1, 2], null],
  [undefined, null],
])("error in %j is %j", (body, text) => {
  expect(openaiChat.errorIn(body)).toBe(text);
});
