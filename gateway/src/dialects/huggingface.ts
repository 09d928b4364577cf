import type { Dialect, EventKind, StreamEvent } from "./dialect.ts";
import { openaiErrorObject } from "./openai-error.ts";
import { classifyOpenaiEvent, openaiErrorIn, openaiWatch } from "./openai-events.ts";
import { openaiUsage } from "./openai-usage.ts";
import { isRecord } from "./read-path.ts";
import { planUsage } from "./read-usage.ts";
import { watchMembers } from "./watched-text.ts";

const promptHeader = "x-prompt-tokens";
const generatedHeader = "x-generated-tokens";

/**
 * Hugging Face: text-generation-inference's own `generate` and `generate_stream`, and OpenAI's form at the router.
 * Source: huggingface.github.io/text-generation-inference (schemas `Details`, `StreamDetails`; token counts in response headers).
 */
export const huggingface: Dialect = {
  id: "huggingface",
  usage: planUsage({
    ...openaiUsage,
    at: ["details", ...openaiUsage.at],
    headers: [promptHeader, generatedHeader],
    counts: {
      ...openaiUsage.counts,
      inputTokens: [["prompt_tokens", "input_tokens", "input_length", promptHeader]],
      outputTokens: [["completion_tokens", "output_tokens", "generated_tokens", generatedHeader]],
    },
  }),
  modelPaths: ["model"],
  watch: [...openaiWatch, ...watchMembers("generated_text", "details")],
  finishRequiredIn: ["sse"],
  terminator: null,
  classifyEvent,
  errorIn: openaiErrorIn,
  errorObject: openaiErrorObject,
  errorFields: () => ({}),
  streamErrorEvent: (error) =>
    `data: ${JSON.stringify({ error: error.message, error_type: "incomplete_generation" })}\n\n`,
};

function classifyEvent(event: StreamEvent): EventKind {
  if (isRecord(event.body) && typeof event.body["generated_text"] === "string") return "finish";
  return classifyOpenaiEvent(event);
}
