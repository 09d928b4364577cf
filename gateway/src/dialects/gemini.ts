import type { CountRule, Dialect, DialectError, EventKind, StreamEvent, UsageRules } from "./dialect.ts";
import { errorText } from "./error-text.ts";
import { isRecord, readPath } from "./read-path.ts";
import { planUsage } from "./read-usage.ts";
import { watchMembers, watchTexts } from "./watched-text.ts";

/**
 * Prompts of tools the vendor ran and thoughts are told apart from prompt and candidates, so they are added.
 * The details of tool prompts by modality are parts of the input by modality as well. Documents are read page by page as images.
 * Sources: ai.google.dev/api/generate-content#UsageMetadata, ai.google.dev/api/interactions-api, the Vertex AI reference.
 */
const usage: UsageRules = {
  at: ["usageMetadata", "usage", "interaction.usage"],
  merge: "last",
  counts: {
    inputTokens: [
      ["promptTokenCount", "total_input_tokens"],
      ["toolUsePromptTokenCount", "total_tool_use_tokens"],
    ],
    outputTokens: [
      ["candidatesTokenCount", "responseTokenCount", "total_output_tokens"],
      ["thoughtsTokenCount", "total_thought_tokens"],
    ],
    totalTokens: [["totalTokenCount", "total_tokens"]],
    inputTextTokens: inputOf("TEXT"),
    inputAudioTokens: inputOf("AUDIO"),
    inputImageTokens: [...inputOf("IMAGE"), ...inputOf("DOCUMENT")],
    inputVideoTokens: inputOf("VIDEO"),
    inputToolTokens: [["toolUsePromptTokenCount", "total_tool_use_tokens"]],
    inputCachedTokens: [["cachedContentTokenCount", "total_cached_tokens"]],
    inputCachedTextTokens: [["cacheTokensDetails[modality=TEXT].tokenCount"]],
    inputCachedAudioTokens: [["cacheTokensDetails[modality=AUDIO].tokenCount"]],
    inputCachedImageTokens: [
      ["cacheTokensDetails[modality=IMAGE].tokenCount"],
      ["cacheTokensDetails[modality=DOCUMENT].tokenCount"],
    ],
    inputCachedVideoTokens: [["cacheTokensDetails[modality=VIDEO].tokenCount"]],
    outputTextTokens: outputOf("TEXT"),
    outputReasoningTokens: [["thoughtsTokenCount", "total_thought_tokens"]],
    outputAudioTokens: outputOf("AUDIO"),
    outputImageTokens: outputOf("IMAGE"),
  },
  serviceTier: ["serviceTier"],
  serviceTierInBody: ["service_tier", "interaction.service_tier"],
};

/** generateContent of the Gemini API and of Vertex AI, its streams with and without `alt=sse`, and the Interactions API. */
export const gemini: Dialect = {
  id: "gemini",
  usage: planUsage(usage),
  modelPaths: ["modelVersion", "model", "interaction.model"],
  watch: [
    ...watchMembers("usageMetadata", "usage", "error", "finishReason", "blockReason"),
    ...watchTexts("[DONE]", "interaction.", "turnComplete", "generationComplete"),
  ],
  finishRequiredIn: ["sse", "json-array"],
  terminator: null,
  classifyEvent,
  errorIn: (body) => errorText(readPath(body, "error")),
  errorObject: vendorError,
  errorFields: () => ({}),
  streamErrorEvent: (error) => `data: ${JSON.stringify({ error: vendorError(error) })}\r\n\r\n`,
};

function classifyEvent(event: StreamEvent): EventKind {
  if (event.data.trim() === "[DONE]") return "finish";
  const body = event.body;
  if (!isRecord(body)) return "content";
  if (event.type === "error" || errorText(body["error"]) !== null) return "error";
  if (typeof body["event_type"] === "string") return classifyInteraction(body["event_type"], body);
  if (readPath(body, "serverContent.turnComplete") === true) return "finish";
  if (typeof readPath(body, "promptFeedback.blockReason") === "string") return "finish";
  const candidates = body["candidates"];
  if (!Array.isArray(candidates)) return body["serverContent"] === undefined ? "prelude" : "content";
  if (candidates.some((candidate) => isFinished(candidate))) return "finish";
  return candidates.some((candidate) => hasParts(candidate)) ? "content" : "prelude";
}

function classifyInteraction(type: string, body: Readonly<Record<string, unknown>>): EventKind {
  if (type === "error" || type === "interaction.failed") return "error";
  if (type === "interaction.completed") return readPath(body, "interaction.status") === "failed" ? "error" : "finish";
  if (type.startsWith("interaction.") || type === "step.stop") return "prelude";
  const stepType = readPath(body, "step.type");
  return type === "step.start" && (stepType === "thought" || stepType === "model_output") ? "prelude" : "content";
}

function isFinished(candidate: unknown): boolean {
  const reason = readPath(candidate, "finishReason");
  // A text in the Gemini API, a number where Vertex AI answers were written out by its Python client.
  return (typeof reason === "string" && reason !== "" && reason !== "FINISH_REASON_UNSPECIFIED") || Number(reason) > 0;
}

function hasParts(candidate: unknown): boolean {
  const parts = readPath(candidate, "content.parts");
  return Array.isArray(parts) && parts.length > 0;
}

function inputOf(modality: string): CountRule {
  const lower = modality.toLowerCase();
  return [
    [`promptTokensDetails[modality=${modality}].tokenCount`, `input_tokens_by_modality[modality=${lower}].tokens`],
    [
      `toolUsePromptTokensDetails[modality=${modality}].tokenCount`,
      `tool_use_tokens_by_modality[modality=${lower}].tokens`,
    ],
  ];
}

function outputOf(modality: string): CountRule {
  return [
    [
      `candidatesTokensDetails[modality=${modality}].tokenCount`,
      `responseTokensDetails[modality=${modality}].tokenCount`,
      `output_tokens_by_modality[modality=${modality.toLowerCase()}].tokens`,
    ],
  ];
}

/** google.rpc.Status as its REST mapping writes it. */
function vendorError(error: DialectError): Readonly<Record<string, unknown>> {
  return { code: error.status, message: error.message, status: statusName(error.status) };
}

function statusName(status: number): string {
  const names: Readonly<Record<number, string>> = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
  };
  return names[status] ?? (status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT");
}
