import { expect, test } from "bun:test";
import type { SessionDialectId } from "../dialects/session-dialect.ts";
import { findSessionDialect } from "../dialects/session-dialects.ts";
import { openSessionTap } from "./session-tap.ts";

function tapOf(id: SessionDialectId, said: { client?: unknown[]; provider: unknown[] }) {
  const tap = openSessionTap(findSessionDialect(id));
  const text = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
  for (const message of said.client ?? []) tap.fromClient(text(message));
  for (const message of said.provider) tap.fromProvider(text(message));
  return tap;
}

const openaiDone = (usage: unknown) => ({ type: "response.done", response: { id: "r", usage } });

test("each finished response adds what it used, audio and cached tokens apart", () => {
  const usage = {
    total_tokens: 253,
    input_tokens: 132,
    output_tokens: 121,
    input_token_details: {
      text_tokens: 119,
      audio_tokens: 13,
      cached_tokens: 64,
      cached_tokens_details: { text_tokens: 60, audio_tokens: 4 },
    },
    output_token_details: { text_tokens: 30, audio_tokens: 91 },
  };
  const tap = tapOf("openai-session", {
    provider: [
      { type: "session.created", session: { model: "gpt-realtime-2025-08-28" } },
      { type: "response.output_audio.delta", delta: "AAAA" },
      openaiDone(usage),
      { type: "conversation.item.input_audio_transcription.completed", usage: { type: "tokens", input_tokens: 5 } },
      openaiDone(usage),
      openaiDone(null),
      "response.done is no JSON",
    ],
  });
  expect(tap.wantsClient).toBe(false);
  expect(tap.read()).toEqual({
    model: "gpt-realtime-2025-08-28",
    usage: {
      inputTokens: 264,
      outputTokens: 242,
      totalTokens: 506,
      inputTextTokens: 238,
      inputAudioTokens: 26,
      inputCachedTokens: 128,
      inputCachedTextTokens: 120,
      inputCachedAudioTokens: 8,
      outputTextTokens: 60,
      outputAudioTokens: 182,
    },
  });
});

test("responses over a socket tell their usage when they complete", () => {
  const usage = { input_tokens: 3, output_tokens: 4, total_tokens: 7, output_tokens_details: { reasoning_tokens: 2 } };
  const completed = { type: "response.completed", response: { model: "gpt-5", usage } };
  const tap = tapOf("openai-session", { provider: [completed, completed] });
  expect(tap.read()).toMatchObject({ model: "gpt-5", usage: { inputTokens: 6, outputTokens: 8, totalTokens: 14 } });
});

test("of what a turn tells again and again the last counts, turns are added", () => {
  const usage = (prompt: number, response: number) => ({
    usageMetadata: { promptTokenCount: prompt, responseTokenCount: response, totalTokenCount: prompt + response },
  });
  const end = { serverContent: { turnComplete: true } };
  const tap = tapOf("gemini-session", {
    client: [{ setup: { model: "models/gemini-2.0-flash-live" } }, { setup: { model: "models/other" } }],
    provider: [
      { setupComplete: {} },
      { serverContent: { modelTurn: { parts: [{ text: "a" }] } }, ...usage(143, 3) },
      { ...end, ...usage(143, 19) },
      usage(181, 10),
      { ...usage(181, 24), toolCall: {} },
      end,
      usage(224, 24),
    ],
  });
  expect(tap.wantsClient).toBe(false);
  expect(tap.read()).toEqual({
    model: "gemini-2.0-flash-live",
    usage: { inputTokens: 548, outputTokens: 67, totalTokens: 615 },
  });
});

test("the last word of a transcription tells its seconds", () => {
  const tap = tapOf("deepgram-session", {
    provider: [
      { type: "Results", duration: 1.5, metadata: { model_info: { name: "general" } } },
      { type: "Metadata", request_id: "r", duration: 12.25, channels: 1 },
    ],
  });
  expect(tap.read()).toEqual({ model: null, usage: { audioSeconds: 12.25 } });
});

test("a session that tells nothing has no usage", () => {
  expect(tapOf("openai-session", { provider: [{ type: "session.created" }] }).read()).toEqual({
    usage: null,
    model: null,
  });
});
