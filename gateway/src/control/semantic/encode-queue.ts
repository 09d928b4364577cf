import type { SentenceEncoder } from "./sentence-encoder.ts";

/** Why there is no vector: too many wait, the encoder fails, or it was not done in time. */
export type EncodeFault = "busy" | "failed" | "late";

/** What a queue is made with. */
export interface EncodeQueueOptions {
  readonly encoder: SentenceEncoder;
  /** Texts that may wait. */
  readonly maxWaiting: number;
  /** Told once each time the encoder is given up for a while. */
  readonly onFault: (problem: string) => void;
}

/** Texts on their way to the encoder. */
export interface EncodeQueue {
  /** @param waitMs the answer is `late` after that, the vector is still made; 0 for no bound. */
  encode(text: string, waitMs: number): Promise<Float32Array | EncodeFault>;
}

const KEPT_VECTORS = 512;
/** An encoder that failed so often in a row is left alone for a while. */
const MOST_FAILURES = 3;
const REST_MS = 30_000;

interface Job {
  readonly text: string;
  readonly done: (result: Float32Array | EncodeFault) => void;
}

/** Makes a queue: a text is encoded once, however many ask for it, and its vector kept for those who ask again soon. */
export function openEncodeQueue({ encoder, maxWaiting, onFault }: EncodeQueueOptions): EncodeQueue {
  const vectors = new Map<string, Float32Array>();
  const underWay = new Map<string, Promise<Float32Array | EncodeFault>>();
  const jobs: Job[] = [];
  let running = 0;
  let failures = 0;
  let restsUntilMs = 0;
  const remember = (text: string, vector: Float32Array): void => {
    vectors.delete(text);
    vectors.set(text, vector);
    const oldest = vectors.size > KEPT_VECTORS ? vectors.keys().next().value : undefined;
    if (oldest !== undefined) vectors.delete(oldest);
  };
  const run = async ({ text, done }: Job): Promise<void> => {
    running += 1;
    try {
      const vector = await encoder.encode(text);
      failures = 0;
      remember(text, vector);
      done(vector);
    } catch (error) {
      failures += 1;
      if (failures >= MOST_FAILURES) {
        restsUntilMs = performance.now() + REST_MS;
        // One more try after the rest; its failure begins the next.
        failures = MOST_FAILURES - 1;
        onFault(error instanceof Error ? error.message : String(error));
      }
      done("failed");
    } finally {
      running -= 1;
      next();
    }
  };
  const next = (): void => {
    while (running < encoder.concurrency) {
      const job = jobs.shift();
      if (job === undefined) return;
      if (performance.now() < restsUntilMs) job.done("failed");
      else void run(job);
    }
  };
  const enqueue = (text: string): Promise<Float32Array | EncodeFault> | EncodeFault => {
    if (performance.now() < restsUntilMs) return "failed";
    const known = underWay.get(text);
    if (known !== undefined) return known;
    if (jobs.length >= maxWaiting) return "busy";
    const made = new Promise<Float32Array | EncodeFault>((resolve) => {
      jobs.push({ text, done: resolve });
      next();
    }).finally(() => underWay.delete(text));
    underWay.set(text, made);
    return made;
  };
  return {
    async encode(text, waitMs) {
      const known = vectors.get(text);
      if (known !== undefined) {
        remember(text, known);
        return known;
      }
      const made = enqueue(text);
      if (typeof made === "string" || waitMs === 0) return made;
      let timer: Timer | undefined;
      const late = new Promise<EncodeFault>((resolve) => {
        timer = setTimeout(() => resolve("late"), waitMs);
      });
      return Promise.race([made, late]).finally(() => clearTimeout(timer));
    },
  };
}
