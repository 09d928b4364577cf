import type {
  AnswerWriter,
  CacheKey,
  CacheStore,
  PurgeBoard,
  SharedCacheStore,
  StoredAnswer,
} from "../stores/ports/cache-store.ts";
import type { KeyDeriver } from "./derive-key.ts";
import { type Joined, openFlights } from "./flights.ts";

/** The cache as requests meet it. */
export interface AnswerCache extends Pick<PurgeBoard, "stamp"> {
  readonly keys: KeyDeriver;
  get(key: CacheKey, nowMs: number): StoredAnswer | null | Promise<StoredAnswer | null>;
  /** To be asked after `get` found nothing. Whoever leads looks once more: the answer may have come in between. */
  join(key: CacheKey): Joined | Promise<Joined>;
  close(): Promise<void>;
}

/** What a cache is made of. */
export interface AnswerCacheParts {
  readonly keys: KeyDeriver;
  readonly board: PurgeBoard;
  /** Close and small: what was used last. */
  readonly near: Omit<CacheStore, "write"> & {
    put(key: CacheKey, answer: StoredAnswer): void;
    write(key: CacheKey): AnswerWriter;
  };
  /** Shared and large; null for none. */
  readonly far: SharedCacheStore | null;
}

/**
 * One cache of two stores: what is found far off is kept near from then on, and what is written goes to both. Of equal requests under
 * way at one time, in all processes that share the far store, one leads.
 */
export function combineStores({ keys, board, near, far }: AnswerCacheParts): AnswerCache {
  const flights = openFlights({ near, far });
  const findFar = (key: CacheKey, nowMs: number): ReturnType<CacheStore["get"]> => {
    const keep = (answer: StoredAnswer | null): StoredAnswer | null => {
      if (answer !== null) near.put(key, answer);
      return answer;
    };
    const found = far?.get(key, nowMs) ?? null;
    return found instanceof Promise ? found.then(keep) : keep(found);
  };
  return {
    keys,
    stamp: (names) => board.stamp(names),
    get(key, nowMs) {
      const found = near.get(key, nowMs);
      if (found instanceof Promise) return found.then((answer) => answer ?? findFar(key, nowMs));
      return found ?? findFar(key, nowMs);
    },
    join: (key) => flights.join(key),
    async close() {
      await near.close();
      await far?.close();
    },
  };
}
