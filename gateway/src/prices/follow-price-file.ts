import { statSync } from "node:fs";
import type { PriceOverrideSettings } from "../core/price-settings.ts";
import { overrideOfEntry } from "./override-of-entry.ts";
import type { PriceBook } from "./price-book.ts";
import { readPriceFile } from "./price-file.ts";
import { readPriceOverrides } from "./price-override.ts";
import { withOverrides } from "./with-overrides.ts";

/** How long a new file may stay unseen, at most. */
const LOOK_EVERY_MS = 250;

/** What to follow. */
export interface PriceFileOptions {
  /** The price file; may be missing. */
  readonly path: string;
  /** Prices without any override. */
  readonly list: PriceBook;
  /** `prices` of the configuration; for a provider and model that it names, the file's entries do not count. */
  readonly settings: PriceOverrideSettings;
  /** Told once of each reason for which a file is not used; the book before it stays in use. */
  readonly onFault: (problem: string) => void;
}

/** The book in use. */
export interface LivePrices {
  readonly current: PriceBook;
  /** Takes a new file in now. */
  look(): void;
  stop(): void;
}

/**
 * Keeps a price book in step with a price file, from the first moment on. The file is looked at, not watched: its directory also
 * holds the database, whose every write would wake the watcher, and a look takes microseconds.
 * Throws PriceDataError when `settings` are no prices.
 */
export function followPriceFile({ path, list, settings, onFault }: PriceFileOptions): LivePrices {
  const own = readPriceOverrides(settings);
  const ownKeys = new Set(own.map(keyOf));
  let current = withOverrides(list, own);
  let seen: string | null = null;
  let told: string | null = null;
  const look = (): void => {
    try {
      const stamp = stampOf(path);
      if (stamp === seen) return;
      if (stamp === null) throw new Error("the file is gone");
      const entries = readPriceFile(path).map(overrideOfEntry);
      const set = entries.filter((override) => !ownKeys.has(keyOf(override)));
      current = withOverrides(list, [...own, ...set]);
      seen = stamp;
      told = null;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== told) onFault(problem);
      told = problem;
    }
  };
  look();
  const looking = setInterval(look, LOOK_EVERY_MS).unref();
  return {
    get current() {
      return current;
    },
    look,
    stop: () => clearInterval(looking),
  };
}

/** What overrides of one history have in common. */
function keyOf({ provider, model }: { readonly provider: string; readonly model: string }): string {
  return `${provider}\n${model}`;
}

/** Differs between any two files that were at `path`; null when there is none. */
function stampOf(path: string): string | null {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  return status === undefined ? null : `${status.ino}:${status.mtimeNs}:${status.size}`;
}
