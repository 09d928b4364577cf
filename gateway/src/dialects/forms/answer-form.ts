import type { DialectId } from "../dialect.ts";
import { anthropicForm } from "./anthropic-form.ts";
import { geminiForm } from "./gemini-form.ts";
import { openaiChatForm } from "./openai-chat-form.ts";

/** How a request asks for its answer: whole, or as a stream of events. */
export interface AskedForm {
  readonly kind: "json" | "stream";
  /** Body and target without what says so: equal for requests that differ in nothing else. */
  readonly body: Buffer;
  readonly target: string;
  /** What shapes the stream besides, as canonical JSON; empty for nothing. */
  readonly options: string;
}

/** The two forms in which a protocol gives one answer, and how each is made of the other. Pure. */
export interface AnswerForm {
  /** Null where the request's form cannot be told, or has no other. */
  asked(target: string, body: Buffer): AskedForm | null;
  /** `options` under which a stream has everything that the whole answer needs. */
  readonly fullOptions: string;
  /** The events of a whole answer, each with its framing, the terminator among them; null for an answer that has no such stream. */
  toStream(answer: unknown, options: string): readonly string[] | null;
  /** The whole answer that the payloads of a stream's events make, terminator left out; null for a stream that makes none. */
  toAnswer(events: readonly unknown[]): object | null;
}

const forms: Readonly<Partial<Record<DialectId, AnswerForm>>> = {
  "openai-chat": openaiChatForm,
  "anthropic-messages": anthropicForm,
  gemini: geminiForm,
};

/** The forms of a dialect; null where only one is known. */
export function answerForm(dialect: DialectId): AnswerForm | null {
  return forms[dialect] ?? null;
}
