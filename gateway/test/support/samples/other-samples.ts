import type { RecordedExchange } from "../recordings.ts";
import { defineSample, sseData, sseTyped } from "./define-sample.ts";

const messages = [{ role: "user", content: "Name a river." }];
const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };

function chunk(model: string, content: string, rest: Readonly<Record<string, unknown>> = {}): unknown {
  const choice = { index: 0, delta: { role: "assistant", content }, finish_reason: rest["usage"] ? "stop" : null };
  return { id: "sample", object: "chat.completion.chunk", created: 1760000000, model, choices: [choice], ...rest };
}

function completion(model: string, content: string): unknown {
  const choice = { index: 0, message: { role: "assistant", content }, finish_reason: "stop" };
  return { id: "sample", object: "chat.completion", created: 1760000000, model, choices: [choice], usage };
}

/** Cohere, Mistral, OpenRouter with comment lines, Ollama's NDJSON, Hugging Face and Replicate, with their error shapes. */
export const otherSamples: readonly RecordedExchange[] = [
  defineSample({
    id: "cohere-chat",
    provider: "cohere",
    url: "https://api.cohere.com/v2/chat",
    request: { model: "command-a-03-2025", messages },
    response: {
      id: "sample",
      finish_reason: "COMPLETE",
      message: { role: "assistant", content: [{ type: "text", text: "The Tagus." }] },
      usage: { billed_units: { input_tokens: 5, output_tokens: 4 }, tokens: { input_tokens: 71, output_tokens: 6 } },
    },
  }),
  defineSample({
    id: "cohere-chat-stream",
    provider: "cohere",
    url: "https://api.cohere.com/v2/chat",
    request: { model: "command-a-03-2025", messages, stream: true },
    contentType: "text/event-stream",
    response: sseTyped([
      { type: "message-start", id: "sample", delta: { message: { role: "assistant", content: [] } } },
      { type: "content-delta", index: 0, delta: { message: { content: { text: "The Tagus, " } } } },
      { type: "content-delta", index: 0, delta: { message: { content: { text: "até Lisboa" } } } },
      {
        type: "message-end",
        delta: {
          finish_reason: "COMPLETE",
          usage: {
            billed_units: { input_tokens: 5, output_tokens: 4 },
            tokens: { input_tokens: 71, output_tokens: 6 },
          },
        },
      },
    ]),
  }),
  defineSample({
    id: "cohere-error",
    provider: "cohere",
    url: "https://api.cohere.com/v2/chat",
    request: { model: "none", messages },
    status: 404,
    response: { id: "sample", message: "model 'none' not found" },
  }),
  defineSample({
    id: "mistral-chat",
    provider: "mistral",
    url: "https://api.mistral.ai/v1/chat/completions",
    request: { model: "mistral-small-latest", messages },
    response: completion("mistral-small-latest", "La Loire."),
  }),
  defineSample({
    id: "mistral-chat-stream",
    provider: "mistral",
    url: "https://api.mistral.ai/v1/chat/completions",
    request: { model: "mistral-small-latest", messages, stream: true },
    contentType: "text/event-stream; charset=utf-8",
    response: sseData([
      chunk("mistral-small-latest", "La "),
      chunk("mistral-small-latest", "Loire, à Nantes", { usage }),
      "[DONE]",
    ]),
  }),
  defineSample({
    id: "mistral-error",
    provider: "mistral",
    url: "https://api.mistral.ai/v1/chat/completions",
    request: { model: "none", messages },
    status: 400,
    response: { object: "error", message: "Invalid model: none", type: "invalid_model", param: null, code: "1500" },
  }),
  defineSample({
    id: "openrouter-chat-stream",
    provider: "openrouter",
    url: "https://openrouter.ai/api/v1/chat/completions",
    request: { model: "qwen/qwen3-8b", messages, stream: true },
    contentType: "text/event-stream",
    response: `: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n${sseData([
      chunk("qwen/qwen3-8b", "长江"),
      chunk("qwen/qwen3-8b", "。", { usage: { ...usage, cost: 0.000012 } }),
      "[DONE]",
    ])}`,
  }),
  defineSample({
    id: "ollama-chat-stream",
    provider: "ollama",
    url: "http://127.0.0.1:11434/api/chat",
    request: { model: "llama3.2", messages },
    contentType: "application/x-ndjson",
    response: [
      {
        model: "llama3.2",
        created_at: "2025-11-01T12:00:00Z",
        message: { role: "assistant", content: "The" },
        done: false,
      },
      {
        model: "llama3.2",
        created_at: "2025-11-01T12:00:00Z",
        message: { role: "assistant", content: " Nile ✓" },
        done: false,
      },
      {
        model: "llama3.2",
        created_at: "2025-11-01T12:00:01Z",
        message: { role: "assistant", content: "" },
        done: true,
        done_reason: "stop",
        prompt_eval_count: 26,
        eval_count: 4,
      },
    ]
      .map((value) => `${JSON.stringify(value)}\n`)
      .join(""),
  }),
  defineSample({
    id: "huggingface-chat",
    provider: "huggingface",
    url: "https://router.huggingface.co/v1/chat/completions",
    request: { model: "meta-llama/Llama-3.1-8B-Instruct", messages },
    response: completion("meta-llama/Llama-3.1-8B-Instruct", "The Ebro."),
  }),
  defineSample({
    id: "huggingface-error",
    provider: "huggingface",
    url: "https://router.huggingface.co/v1/chat/completions",
    request: { model: "none", messages },
    status: 400,
    response: { error: { message: "The requested model 'none' does not exist", type: "invalid_request_error" } },
  }),
  defineSample({
    id: "replicate-prediction",
    provider: "replicate",
    url: "https://api.replicate.com/v1/predictions",
    requestHeaders: { prefer: "wait" },
    request: { version: "sample", input: { prompt: "A river" } },
    status: 201,
    response: {
      id: "sample",
      status: "succeeded",
      output: ["A ", "river."],
      error: null,
      metrics: { predict_time: 0.7, input_token_count: 3, output_token_count: 4 },
    },
  }),
  defineSample({
    id: "replicate-error",
    provider: "replicate",
    url: "https://api.replicate.com/v1/predictions",
    request: { input: {} },
    status: 422,
    contentType: "application/problem+json",
    response: { title: "Input validation failed", detail: "version is required", status: 422 },
  }),
  defineSample({
    id: "deepseek-error-in-answer",
    provider: "deepseek",
    url: "https://api.deepseek.com/chat/completions",
    request: { model: "deepseek-chat", messages, stream: true },
    contentType: "text/event-stream",
    response: sseData([
      chunk("deepseek-chat", "The"),
      { error: { message: "Server overloaded", type: "server_error" } },
    ]),
  }),
];
