/** A bounded queue of texts between a producer that never waits and one consumer that may be slow. */
export interface RowQueue {
  /** Queues a text, or counts it as lost when the queue is full. */
  push(text: string): void;
  /** Queues a text when nothing waits: a sign of life. */
  pushWhenIdle(text: string): void;
  /** Everything that waits, joined, as soon as there is something; null once the queue is closed. One call at a time. */
  take(): Promise<string | null>;
  /** Lets go of what waits. */
  close(): void;
}

/**
 * @param maxLength how much may wait, in UTF-16 units.
 * @param lossNotice the text that tells, after those that were kept, how many were lost.
 */
export function createRowQueue(maxLength: number, lossNotice: (count: number) => string): RowQueue {
  let waiting: string[] = [];
  let length = 0;
  let lost = 0;
  let isClosed = false;
  let wake: (() => void) | null = null;

  const add = (text: string): void => {
    waiting.push(text);
    length += text.length;
    wake?.();
  };
  const isIdle = (): boolean => length === 0 && lost === 0;
  const lose = (): void => {
    lost += 1;
    wake?.();
  };
  return {
    push(text) {
      if (isClosed) return;
      if (length + text.length > maxLength) lose();
      else add(text);
    },
    pushWhenIdle(text) {
      if (!isClosed && isIdle()) add(text);
    },
    async take() {
      if (isIdle() && !isClosed) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
        wake = null;
      }
      if (isClosed) return null;
      const text = waiting.join("") + (lost === 0 ? "" : lossNotice(lost));
      waiting = [];
      length = 0;
      lost = 0;
      return text;
    },
    close() {
      isClosed = true;
      waiting = [];
      length = 0;
      wake?.();
    },
  };
}
