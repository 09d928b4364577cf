import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { ThreadAnswer, ThreadQuestion, ThreadStart } from "./encoder-thread.ts";
import { type SentenceEncoder, unitVector } from "./sentence-encoder.ts";

/** What an encoder of a thread is made with. */
export interface ThreadEncoderOptions {
  /** Absolute path of a module whose default export makes the encoder; null for the packaged one. */
  readonly modulePath: string | null;
  /** A text that takes longer ends the thread; loading counts. */
  readonly maxMs: number;
}

interface Waiting {
  readonly resolve: (vector: Float32Array) => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
}

/** An encoder in a thread of its own, which is started with the first text, and anew after it died. */
export function openThreadEncoder({ modulePath, maxMs }: ThreadEncoderOptions): SentenceEncoder {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | null = null;
  let lastId = 0;
  const settle = (id: number, act: (waiting: Waiting) => void): void => {
    const found = waiting.get(id);
    if (found === undefined) return;
    waiting.delete(id);
    clearTimeout(found.timer);
    act(found);
  };
  const end = (dying: Worker, problem: string): void => {
    if (thread !== dying) return;
    thread = null;
    void dying.terminate();
    for (const id of waiting.keys()) settle(id, ({ reject }) => reject(new Error(problem)));
  };
  const start = (): Worker => {
    const workerData: ThreadStart = { moduleUrl: modulePath === null ? null : pathToFileURL(modulePath).href };
    const started = new Worker(new URL("./encoder-thread.ts", import.meta.url), { workerData });
    started.on("message", (answer: ThreadAnswer) => {
      settle(answer.id, ({ resolve, reject }) => {
        try {
          if ("fault" in answer) throw new Error(answer.fault);
          resolve(unitVector(answer.vector));
        } catch (error) {
          reject(error as Error);
        }
      });
    });
    started.on("error", (error: Error) => end(started, `the encoder's thread died: ${error.message}`));
    started.on("exit", () => end(started, "the encoder's thread ended"));
    started.unref();
    return started;
  };
  return {
    name: modulePath ?? "packaged",
    concurrency: 1,
    encode(text) {
      const current = (thread ??= start());
      const id = (lastId += 1);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => end(current, `the encoder took more than ${maxMs} ms`), maxMs);
        waiting.set(id, { resolve, reject, timer });
        current.postMessage({ id, text } satisfies ThreadQuestion, []);
      });
    },
    stop() {
      if (thread !== null) end(thread, "the gateway stops");
    },
  };
}
