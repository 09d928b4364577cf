import { type FSWatcher, watch } from "node:fs";

/**
 * Tells when a directory may have changed. It is watched only from `begin` to the end of `changed`: each event costs whoever writes there
 * more than the write itself, and there is nothing to wake while a reader has work anyway.
 */
export interface DirectoryWatch {
  /** Whether it is watched now. */
  readonly isOpen: boolean;
  /** Begins to watch. Who looks afterwards and finds nothing misses nothing by `changed`. */
  begin(): void;
  /** Settles at the first change since `begin`, after the poll time, or when `signal` aborts; the watch is over then. */
  changed(signal: AbortSignal): Promise<void>;
  /** Ends the watch, if there is one. */
  close(): void;
}

/**
 * A watch on `directory`. File events only shorten the wait: where the system sends none, or the directory is missing or was
 * replaced, `changed` settles after `pollMs`.
 */
export function createDirectoryWatch(directory: string, pollMs: number): DirectoryWatch {
  let watcher: FSWatcher | null = null;
  let isOpen = false;
  let hasChanged = false;
  let wake = (): void => {};

  const stopWatching = (): void => {
    watcher?.close();
    watcher = null;
  };
  const close = (): void => {
    isOpen = false;
    hasChanged = false;
    stopWatching();
  };
  return {
    get isOpen() {
      return isOpen;
    },
    begin() {
      if (isOpen) return;
      isOpen = true;
      try {
        watcher = watch(directory, () => {
          hasChanged = true;
          // One is enough to know; those after it would be paid for nothing.
          stopWatching();
          wake();
        });
        watcher.on("error", stopWatching);
      } catch {
        // Missing directory or no watches left: polling goes on alone.
        watcher = null;
      }
    },
    async changed(signal) {
      if (!hasChanged && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, pollMs);
        const onAbort = (): void => resolve();
        signal.addEventListener("abort", onAbort, { once: true });
        wake = onAbort;
        await promise;
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      }
      close();
    },
    close,
  };
}
