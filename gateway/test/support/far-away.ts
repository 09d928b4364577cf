/** Asks whoever answers at the other end of a message channel. */
export type AskFarAway = (method: string, ...given: readonly unknown[]) => Promise<unknown>;

/** Two ends of a channel: what is asked at one is answered at the other, copied both ways, each answer late. */
export interface FarAway {
  readonly ask: AskFarAway;
  close(): void;
}

interface Asked {
  readonly id: number;
  readonly method: string;
  readonly given: readonly unknown[];
}

/**
 * Puts `methods` as far away as another machine: nothing is answered in the turn it was asked in. Questions are taken in the order they were asked in.
 * @param delayMs how late each answer is besides.
 */
export function putFarAway(
  methods: Readonly<Record<string, (...given: never[]) => unknown>>,
  delayMs: number,
): FarAway {
  const { port1: near, port2: far } = new MessageChannel();
  const waiting = new Map<number, (answer: unknown) => void>();
  let lastId = 0;
  far.addEventListener("message", ({ data }) => {
    const { id, method, given } = data as Asked;
    const answer = async (): Promise<void> => {
      await Bun.sleep(delayMs);
      far.postMessage({ id, answer: await methods[method]?.(...(given as never[])) }, []);
    };
    void answer();
  });
  near.addEventListener("message", ({ data }) => {
    const { id, answer } = data as { readonly id: number; readonly answer: unknown };
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  far.start();
  near.start();
  return {
    ask: (method, ...given) =>
      new Promise((resolve) => {
        lastId += 1;
        waiting.set(lastId, resolve);
        near.postMessage({ id: lastId, method, given } satisfies Asked, []);
      }),
    close() {
      near.close();
      far.close();
    },
  };
}
