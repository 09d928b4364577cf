/** Values in the order they came, each handed to one waiter. */
export interface WaitQueue<T> {
  put(value: T): void;
  /** The oldest value nobody took yet; waits for one, and rejects after `timeoutMs` naming `what`. */
  take(what: string, timeoutMs: number): Promise<T>;
  clear(): void;
}

/** An empty queue. */
export function createWaitQueue<T>(): WaitQueue<T> {
  let values: T[] = [];
  const waiters: ((value: T) => void)[] = [];
  return {
    put(value) {
      const waiter = waiters.shift();
      if (waiter === undefined) values.push(value);
      else waiter(value);
    },
    take(what, timeoutMs) {
      const ready = values.shift();
      if (ready !== undefined) return Promise.resolve(ready);
      return new Promise((resolve, reject) => {
        const waiter = (value: T): void => {
          clearTimeout(timer);
          resolve(value);
        };
        const timer = setTimeout(() => {
          waiters.splice(waiters.indexOf(waiter), 1);
          reject(new Error(`${what}: nothing within ${timeoutMs} ms`));
        }, timeoutMs);
        waiters.push(waiter);
      });
    },
    clear() {
      values = [];
    },
  };
}
