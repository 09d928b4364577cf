import type { TokenUsage } from "../core/usage.ts";
import type { DialectId } from "../dialects/dialect.ts";
import { requestText } from "../dialects/request-text.ts";
import { tellsFirstCountOnly } from "../dialects/tells-first-count-only.ts";
import { partialAnswerText, type PartialAnswer } from "../streaming/partial-answer-text.ts";
import { estimateTokens } from "./estimate-tokens.ts";

/** An answer that broke off before its provider told, or finished telling, what it consumed. */
export interface CutAnswer {
  readonly dialect: DialectId;
  /** What the provider told until then. */
  readonly told: TokenUsage | null;
  /** The request's body without content coding; null when it was not kept. */
  readonly request: Uint8Array | null;
  /** The answer's first bytes; empty pieces when none were kept. */
  readonly answer: PartialAnswer;
  /** Bytes of the answer that came, kept or not. */
  readonly answerSizeBytes: number;
}

/** Usage, and whether any of it is a count of ours instead of the provider's. */
export interface CutUsage {
  readonly usage: TokenUsage | null;
  readonly isEstimated: boolean;
}

/** What messages are wrapped in, and what an image of usual size takes; both roughly, vendors differ. */
const MESSAGE_TOKENS = 4;
const MEDIUM_TOKENS = 765;
/** Larger requests are not parsed for this. */
const MOST_REQUEST_BYTES = 4_194_304;

/**
 * The usage of an answer that was cut: what the provider told of it stands, the rest is counted from the texts. Where only the beginning of the answer was kept,
 * its tokens are taken for all bytes that came. Nothing is counted when not a byte had come.
 */
export function estimateCutUsage(cut: CutAnswer, countTokens: (text: string) => number = estimateTokens): CutUsage {
  const { told, dialect, answerSizeBytes } = cut;
  const isOutputTold = told?.outputTokens !== undefined && !tellsFirstCountOnly(dialect);
  if (answerSizeBytes === 0 || (isOutputTold && told.inputTokens !== undefined))
    return { usage: told, isEstimated: false };
  const inputTokens = told?.inputTokens ?? countRequest(cut.request, countTokens);
  const counted = isOutputTold ? 0 : countAnswer(cut, countTokens);
  const outputTokens = Math.max(told?.outputTokens ?? 0, counted);
  if (inputTokens === null && outputTokens === 0) return { usage: told, isEstimated: false };
  return { usage: { ...told, ...(inputTokens === null ? {} : { inputTokens }), outputTokens }, isEstimated: true };
}

function countAnswer({ answer, answerSizeBytes }: CutAnswer, countTokens: (text: string) => number): number {
  const { text, readBytes } = partialAnswerText(answer);
  if (readBytes === 0) return 0;
  return Math.round(countTokens(text) * Math.max(1, answerSizeBytes / readBytes));
}

/** Tokens of what a model reads of a request's body; null when there is no body, or one that is not JSON or too large. */
export function countRequest(request: Uint8Array | null, countTokens: (text: string) => number): number | null {
  if (request === null || request.length > MOST_REQUEST_BYTES) return null;
  try {
    const { text, messageCount, mediaCount } = requestText(JSON.parse(Buffer.from(request).toString("utf8")));
    return countTokens(text) + messageCount * MESSAGE_TOKENS + mediaCount * MEDIUM_TOKENS;
  } catch {
    return null;
  }
}
