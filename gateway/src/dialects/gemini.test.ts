import { expect, test } from "bun:test";
import { kindOf, usageOf } from "../../test/support/dialect-reading.ts";
import { gemini } from "./gemini.ts";

test("tool prompts join the input, thoughts the output, documents the images", () => {
  const usageMetadata = {
    promptTokenCount: 600,
    promptTokensDetails: [
      { modality: "TEXT", tokenCount: 40 },
      { modality: "DOCUMENT", tokenCount: 500 },
      { modality: "IMAGE", tokenCount: 60 },
    ],
    toolUsePromptTokenCount: 9,
    toolUsePromptTokensDetails: [{ modality: "TEXT", tokenCount: 9 }],
    cachedContentTokenCount: 30,
    cacheTokensDetails: [{ modality: "TEXT", tokenCount: 30 }],
    candidatesTokenCount: 20,
    candidatesTokensDetails: [
      { modality: "TEXT", tokenCount: 15 },
      { modality: "AUDIO", tokenCount: 5 },
    ],
    thoughtsTokenCount: 100,
    totalTokenCount: 729,
    serviceTier: "standard",
  };
  expect(usageOf(gemini, [{ usageMetadata: { promptTokenCount: 600 } }, { usageMetadata }])).toEqual({
    inputTokens: 609,
    outputTokens: 120,
    totalTokens: 729,
    inputTextTokens: 49,
    inputImageTokens: 560,
    inputToolTokens: 9,
    inputCachedTokens: 30,
    inputCachedTextTokens: 30,
    outputTextTokens: 15,
    outputAudioTokens: 5,
    outputReasoningTokens: 100,
    serviceTier: "standard",
  });
});

test("interactions tell theirs at the end", () => {
  const usage = {
    total_input_tokens: 8,
    total_tool_use_tokens: 2,
    total_output_tokens: 3,
    total_thought_tokens: 41,
    total_cached_tokens: 0,
    total_tokens: 54,
    input_tokens_by_modality: [{ modality: "text", tokens: 8 }],
  };
  expect(usageOf(gemini, [{ event_type: "interaction.completed", interaction: { usage } }])).toEqual({
    inputTokens: 10,
    outputTokens: 44,
    totalTokens: 54,
    inputTextTokens: 8,
    inputToolTokens: 2,
    inputCachedTokens: 0,
    outputReasoningTokens: 41,
  });
});

test.each([
  [{ usageMetadata: { promptTokenCount: 1 } }, "prelude"],
  [{ candidates: [{ content: { parts: [] } }] }, "prelude"],
  [{ candidates: [{ content: { parts: [{ text: "a" }] } }] }, "content"],
  [{ candidates: [{ content: { parts: [{ text: "a" }] }, finishReason: "STOP" }] }, "finish"],
  [{ candidates: [{ finishReason: 1 }] }, "finish"],
  [{ promptFeedback: { blockReason: "SAFETY" } }, "finish"],
  [{ error: { code: 503, message: "overloaded", status: "UNAVAILABLE" } }, "error"],
  [{ event_type: "interaction.created", interaction: {} }, "prelude"],
  [{ event_type: "step.start", step: { type: "thought" } }, "prelude"],
  [{ event_type: "step.start", step: { type: "function_call", name: "f" } }, "content"],
  [{ event_type: "step.delta", delta: { text: "a" } }, "content"],
  [{ event_type: "interaction.completed", interaction: { status: "completed" } }, "finish"],
  [{ event_type: "interaction.completed", interaction: { status: "failed" } }, "error"],
  [{ serverContent: { turnComplete: true } }, "finish"],
])("%j is %s", (data, kind) => {
  expect(kindOf(gemini, data)).toBe(kind as ReturnType<typeof kindOf>);
});
