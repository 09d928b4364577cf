import { type FSWatcher, watch } from "node:fs";

/** Tells when a directory may have changed. */
export interface DirectoryWatch {
  /** Settles at the first change since the last call, after the poll time, or when `signal` aborts. */
  changed(signal: AbortSignal): Promise<void>;
  close(): void;
}

/**
 * Watches `directory`. File events only shorten the wait: where the system sends none, or the directory is missing or was
 * replaced, `changed` settles after `pollMs`.
 */
export function createDirectoryWatch(directory: string, pollMs: number): DirectoryWatch {
  let watcher: FSWatcher | null = null;
  let changedMeanwhile = false;
  let wake = (): void => {};

  const stopWatching = (): void => {
    watcher?.close();
    watcher = null;
  };
  const startWatching = (): void => {
    try {
      watcher = watch(directory, () => {
        changedMeanwhile = true;
        wake();
      });
      watcher.on("error", stopWatching);
    } catch {
      // Missing directory or no watches left: polling goes on alone.
      watcher = null;
    }
  };
  startWatching();

  return {
    async changed(signal) {
      if (watcher === null) startWatching();
      if (!changedMeanwhile && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, pollMs);
        const onAbort = (): void => resolve();
        signal.addEventListener("abort", onAbort, { once: true });
        wake = onAbort;
        await promise;
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      }
      changedMeanwhile = false;
    },
    close: stopWatching,
  };
}
