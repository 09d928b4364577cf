import type { TokenUsage } from "../core/usage.ts";
import type { Path } from "./read-path.ts";

/** The wire protocol of an endpoint's answers. `opaque` is everything the gateway does not read: audio, images, files, forms of unknown vendors. */
export type DialectId =
  | "openai-chat"
  | "openai-responses"
  | "openai-embeddings"
  | "anthropic-messages"
  | "gemini"
  | "bedrock-converse"
  | "bedrock-invoke"
  | "cohere"
  | "workers-ai"
  | "huggingface"
  | "replicate"
  | "ollama"
  | "opaque";

/** How the events of a streamed body are set apart. `json-array` is one JSON array whose elements arrive one by one. */
export type StreamFraming = "sse" | "aws-event-stream" | "json-lines" | "json-array";

/** One event of a streamed answer, whatever framed it. */
export interface StreamEvent {
  /** SSE `event` field or AWS `:event-type` header; empty when the framing names none. */
  readonly type: string;
  /** The event's payload as text. */
  readonly data: string;
  /** `data` parsed as JSON; undefined when it is not JSON. */
  readonly body: unknown;
}

/**
 * What an event means to somebody who waits for the answer.
 * `prelude`: nothing a reader would see (pings, start events, role-only deltas); an answer that held only these may still be given up for another.
 * `content`: part of the answer. `finish`: the protocol's word that the answer is whole. `error`: its word that there will be none.
 */
export type EventKind = "prelude" | "content" | "finish" | "error";

/** Members of `TokenUsage` that a vendor counts. */
export type CountField = Exclude<keyof TokenUsage, "serviceTier" | "reportedCostNanoUsd">;

/**
 * How one count is read from the usage object: the sum of its terms. A term lists the spellings of one number; the first that is present counts.
 * A spelling is a path as `parsePath` takes it. The count is absent when no term is present.
 */
export type CountRule = readonly (readonly string[])[];

/** How a dialect's usage is read: data for one interpreter, `read-usage.ts`. */
export interface UsageRules {
  /**
   * Paths of the objects that hold counts, in a body or in a stream event; the empty path is the body itself.
   * All that are present, over all events, are merged into one, member by member.
   */
  readonly at: readonly string[];
  /** Which of two numbers stands when a member comes again: the later, or the later that is not zero where speakers repeat what they told as zero. */
  readonly merge: "last" | "last-positive";
  readonly counts: Readonly<Partial<Record<CountField, CountRule>>>;
  /** Response headers (lower-case) merged in as members before anything the body tells. */
  readonly headers?: readonly string[];
  /** Paths of the service tier, from the merged usage object. */
  readonly serviceTier?: readonly string[];
  /** Paths of the service tier, from the body or event. */
  readonly serviceTierInBody?: readonly string[];
  /** Prices the vendor itself tells, from the merged usage object, with the nano-USD that one unit is worth. */
  readonly reportedCost?: readonly { readonly path: string; readonly nanoUsdPerUnit: number }[];
  /**
   * True when some speakers leave reasoning out of the completion count: it is added when the vendor's total
   * proves it, that is when input, output and reasoning make up the total.
   */
  readonly reasoningMayBeApart?: boolean;
}

/** `UsageRules` made ready by `planUsage`. */
export interface UsagePlan {
  readonly rules: UsageRules;
  readonly at: readonly Path[];
  readonly counts: readonly { readonly field: CountField; readonly terms: readonly (readonly Path[])[] }[];
  readonly serviceTier: readonly Path[];
  readonly serviceTierInBody: readonly Path[];
  readonly reportedCost: readonly { readonly path: Path; readonly nanoUsdPerUnit: number }[];
}

/** A text to look for in an event's raw bytes. */
export interface WatchedText {
  readonly bytes: Uint8Array;
  /** True when `bytes` is a quoted member name that only matters with a value other than `null`. */
  readonly isMember: boolean;
}

/** What the gateway says when it puts an error into a vendor's form. */
export interface DialectError {
  /** Code of the gateway's catalogue. */
  readonly code: number;
  /** HTTP status the error has, or would have had before the stream began. */
  readonly status: number;
  readonly message: string;
}

/** What has to be known of a protocol to read its answers and to fail in a form its clients understand. */
export interface Dialect {
  readonly id: DialectId;
  readonly usage: UsagePlan;
  /** Paths of the model's name in a body or an event; the first that is a non-empty text counts. */
  readonly modelPaths: readonly string[];
  /**
   * An event that holds none of these is content that carries neither usage, finish nor error, so it need not be parsed.
   * They may match too much, never too little. Only asked once content has been seen.
   */
  readonly watch: readonly WatchedText[];
  /** Framings in which a whole answer of this protocol always holds a `finish` event, so that its absence means a cut. */
  readonly finishRequiredIn: readonly StreamFraming[];
  /** The exact bytes that end a whole stream, e.g. `data: [DONE]\n\n`; null where the protocol has none beside its finish event. */
  readonly terminator: string | null;
  /** What an event of a stream means. */
  classifyEvent(event: StreamEvent): EventKind;
  /** The error's text when the JSON body of a 2xx answer, or an event of a stream, is an error; null when it is none. Empty for an error without words. */
  errorIn(body: unknown): string | null;
  /** The error as this vendor writes it under `error`; null where the vendor has no such object. */
  errorObject(error: DialectError): Readonly<Record<string, unknown>> | null;
  /** Top-level members the vendor's SDK looks at, to be added to the gateway's own error body; none of them is a member that body has. */
  errorFields(error: DialectError): Readonly<Record<string, unknown>>;
  /** A whole event that tells a stream's reader that the stream broke, in the protocol's form; null where there is none that can be written as text. */
  streamErrorEvent(error: DialectError): string | null;
}
