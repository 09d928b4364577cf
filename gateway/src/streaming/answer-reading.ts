import type { TokenUsage } from "../core/usage.ts";

/** How far an answer has come, in rising order; `prelude` is what a reader does not see. */
export type AnswerProgress = "nothing" | "prelude" | "content" | "finish" | "error";

/** What was learned from a whole answer. */
export interface AnswerReading {
  /** Null when the answer told none, or could not be read. */
  readonly usage: TokenUsage | null;
  /** The model as the answer names it, or null. */
  readonly model: string | null;
  /**
   * `truncated`: a stream without the end its protocol requires. `error`: an error in a 2xx body or stream.
   * Answers that are not read (error statuses, media, undecodable bodies) are `complete`.
   */
  readonly ending: "complete" | "truncated" | "error";
  /** The error's words, only with `error`. */
  readonly errorMessage?: string;
}

/** Looks at an answer's body as it passes, without holding it up or changing it. */
export interface AnswerTap {
  /**
   * Takes the next piece of the body: transfer coding removed, content coding still on. Never throws and keeps bounded memory.
   * Pieces may be kept by reference until the end, so they must not be written to afterwards.
   */
  observe(chunk: Uint8Array): void;
  /** The furthest the answer has come by now. */
  readonly progress: AnswerProgress;
  /** True when the bytes so far end between two events of a plain SSE body, so that an event or a comment may be put there. */
  readonly atEventBorder: boolean;
  /** To be called once, when the body has ended for whatever reason. */
  finish(): AnswerReading;
}
