import type { CacheKey } from "../../stores/ports/cache-store.ts";

/** Names what has to be the same besides the question: tenant, credential, provider, model, system prompt, earlier messages, parameters. */
export type Partition = CacheKey;

/** A question that has a cached answer. */
export interface AnsweredQuestion {
  readonly partition: Partition;
  /** Of the answer. */
  readonly key: CacheKey;
  /** Form the answer was asked for in. */
  readonly variant: string;
  readonly text: string;
  /** Unix milliseconds. */
  readonly expiresAtMs: number;
  /** Of the answer (`PurgeBoard`). */
  readonly stamp: readonly number[];
}

/** What is looked for. */
export interface AskedQuestion {
  readonly partition: Partition;
  readonly text: string;
  /** Least cosine of the two questions' vectors. */
  readonly threshold: number;
}

/** A question alike that has an answer. */
export interface AlikeQuestion {
  readonly key: CacheKey;
  readonly variant: string;
  /** Cosine of the two questions' vectors. */
  readonly similarity: number;
}

/** Questions with answers, for those who ask the same in other words. It never fails: what cannot be told is not there. */
export interface SemanticAnswers {
  /** Those alike, nearest first, at most three; none when it takes too long. */
  find(question: AskedQuestion): Promise<readonly AlikeQuestion[]>;
  /** Remembers a question whose answer is in the cache. */
  keep(question: AnsweredQuestion): void;
  /** Forgets it: the answer is gone. */
  drop(key: CacheKey): void;
}

/** Threshold where none is set: measured for the packaged encoder with strict guards (bench/RESULTS.md). */
export const DEFAULT_THRESHOLD = 0.8;
/** Bounds of a threshold. */
export const thresholdBounds = { least: 0.5, most: 1 } as const;
/** Questions of fewer or more characters are not compared: the one says too little, the other too much for one vector. */
export const questionLength = { least: 4, most: 1000 } as const;
