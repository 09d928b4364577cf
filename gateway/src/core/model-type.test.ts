import { expect, test } from "bun:test";
import { modelTypeOf } from "./model-type.ts";

test.each<readonly [path: string, type: string | null]>([
  ["chat/completions", "chat"],
  ["v1/chat/completions", "chat"],
  ["v1/messages", "chat"],
  ["responses", "chat"],
  ["model/some.model-v1:0/converse-stream", "chat"],
  ["v1beta/models/some-model:streamGenerateContent", "chat"],
  ["v1beta/models/some-model:embedContent", "embeddings"],
  ["embeddings", "embeddings"],
  ["v1/images/generations", "image"],
  ["audio/transcriptions", "transcription"],
  ["v1/text-to-speech/voice/stream", "speech"],
  ["completions", "text"],
  ["v2/rerank", "rerank"],
  ["moderations", "moderation"],
  ["files", null],
  ["", null],
])("%s is %p", (path, type) => {
  expect(modelTypeOf(path)).toBe(type);
});
