/** Turns a text into a vector: texts of like meaning get vectors that point in like directions. */
export interface SentenceEncoder {
  /** Vectors of encoders with other names do not fit together. */
  readonly name: string;
  /** How many texts it takes at one time. */
  readonly concurrency: number;
  /** The vector, of length 1. Rejects with Error saying why there is none. */
  encode(text: string): Promise<Float32Array>;
  /** Frees what it holds. */
  stop(): void;
}

const MAX_DIMENSIONS = 8192;

/** A vector of length 1 out of what an encoder gave. @throws Error when it is no vector. */
export function unitVector(given: unknown): Float32Array {
  const numbers = given instanceof Float32Array || Array.isArray(given) ? Float32Array.from(given as number[]) : null;
  if (numbers === null || numbers.length === 0 || numbers.length > MAX_DIMENSIONS) {
    throw new Error(`expected 1 to ${MAX_DIMENSIONS} numbers from the encoder, got ${numbers?.length ?? typeof given}`);
  }
  const length = Math.hypot(...numbers);
  if (!Number.isFinite(length) || length === 0) throw new Error("expected numbers from the encoder that are not all 0");
  return numbers.map((number) => number / length);
}
