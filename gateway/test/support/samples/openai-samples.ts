import type { RecordedExchange } from "../recordings.ts";
import { defineSample, sseData, sseTyped } from "./define-sample.ts";

const question = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Name a river." }] };

function chatChunk(delta: unknown, finish: string | null = null): unknown {
  return {
    id: "chatcmpl-sample",
    object: "chat.completion.chunk",
    created: 1760000000,
    model: "gpt-4o-mini-2024-07-18",
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

const chatUsage = {
  prompt_tokens: 11,
  completion_tokens: 4,
  total_tokens: 15,
  prompt_tokens_details: { cached_tokens: 3, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 1 },
};

const finishedResponse = {
  id: "resp_sample",
  object: "response",
  created_at: 1760000000,
  status: "completed",
  model: "gpt-4o-mini-2024-07-18",
  output: [
    {
      type: "message",
      id: "msg_sample",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: "The Loire — à Nantes.", annotations: [] }],
    },
  ],
  usage: {
    input_tokens: 12,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 19,
  },
};

/** OpenAI's chat, Responses, embeddings and error shapes. */
export const openaiSamples: readonly RecordedExchange[] = [
  defineSample({
    id: "openai-chat",
    provider: "openai",
    url: "https://api.openai.com/v1/chat/completions",
    request: question,
    responseHeaders: {
      "x-request-id": "req_sample",
      "openai-processing-ms": "321",
      "x-ratelimit-remaining-requests": "99",
    },
    response: {
      id: "chatcmpl-sample",
      object: "chat.completion",
      created: 1760000000,
      model: "gpt-4o-mini-2024-07-18",
      choices: [{ index: 0, message: { role: "assistant", content: "The Loire 🏞️." }, finish_reason: "stop" }],
      usage: chatUsage,
    },
  }),
  defineSample({
    id: "openai-chat-stream",
    provider: "openai",
    url: "https://api.openai.com/v1/chat/completions",
    request: { ...question, stream: true, stream_options: { include_usage: true } },
    contentType: "text/event-stream; charset=utf-8",
    response: sseData([
      chatChunk({ role: "assistant", content: "" }),
      chatChunk({ content: "The " }),
      chatChunk({ content: "Loire 🏞️, près d’Orléans" }),
      chatChunk({}, "stop"),
      { ...(chatChunk({}) as object), choices: [], usage: chatUsage },
      "[DONE]",
    ]),
  }),
  defineSample({
    id: "openai-responses-stream",
    provider: "openai",
    url: "https://api.openai.com/v1/responses",
    request: { model: "gpt-4o-mini", input: "Name a river.", stream: true },
    contentType: "text/event-stream; charset=utf-8",
    response: sseTyped([
      {
        type: "response.created",
        response: { ...finishedResponse, status: "in_progress", output: [], usage: null },
      },
      { type: "response.output_text.delta", item_id: "msg_sample", output_index: 0, delta: "The Loire" },
      { type: "response.output_text.delta", item_id: "msg_sample", output_index: 0, delta: " — à Nantes." },
      { type: "response.completed", response: finishedResponse },
    ]),
  }),
  defineSample({
    id: "openai-responses",
    provider: "openai",
    url: "https://api.openai.com/v1/responses",
    request: { model: "gpt-4o-mini", input: "Name a river." },
    response: finishedResponse,
  }),
  defineSample({
    id: "openai-embeddings",
    provider: "openai",
    url: "https://api.openai.com/v1/embeddings",
    request: { model: "text-embedding-3-small", input: ["river", "lake"] },
    response: {
      object: "list",
      data: [
        { object: "embedding", index: 0, embedding: [0.25, -0.5, 0.125] },
        { object: "embedding", index: 1, embedding: [0.5, 0.25, -0.75] },
      ],
      model: "text-embedding-3-small",
      usage: { prompt_tokens: 2, total_tokens: 2 },
    },
  }),
  defineSample({
    id: "openai-file-deleted",
    provider: "openai",
    url: "https://api.openai.com/v1/files/file-sample",
    method: "DELETE",
    status: 204,
    response: "",
  }),
  defineSample({
    id: "openai-error",
    provider: "openai",
    url: "https://api.openai.com/v1/chat/completions",
    request: { ...question, model: "no-such-model" },
    status: 404,
    response: {
      error: {
        message: "The model does not exist.",
        type: "invalid_request_error",
        param: null,
        code: "model_not_found",
      },
    },
  }),
];
