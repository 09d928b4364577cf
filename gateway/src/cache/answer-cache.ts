import type { AnswerWriter, CacheKey, CacheStore, PurgeBoard, StoredAnswer } from "../stores/ports/cache-store.ts";
import type { KeyDeriver } from "./derive-key.ts";

/** The cache as requests meet it. */
export interface AnswerCache extends Pick<PurgeBoard, "stamp"> {
  readonly keys: KeyDeriver;
  get(key: CacheKey, nowMs: number): StoredAnswer | null | Promise<StoredAnswer | null>;
  /** Begins to take in the answer of `key`; null when another request is at it already. */
  write(key: CacheKey): AnswerWriter | null;
  close(): void;
}

/** What a cache is made of. */
export interface AnswerCacheParts {
  readonly keys: KeyDeriver;
  readonly board: PurgeBoard;
  /** Close and small: what was used last. */
  readonly near: CacheStore & { put(key: CacheKey, answer: StoredAnswer): void };
  /** Shared and large; null for none. */
  readonly far: CacheStore | null;
}

/** One cache of two stores: what is found far off is kept near from then on, and what is written goes to both. */
export function combineStores({ keys, board, near, far }: AnswerCacheParts): AnswerCache {
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
    get: (key, nowMs) => near.get(key, nowMs) ?? findFar(key, nowMs),
    write: (key) => both(near.write(key), far?.write(key) ?? null),
    close() {
      near.close();
      far?.close();
    },
  };
}

function both(first: AnswerWriter | null, second: AnswerWriter | null): AnswerWriter | null {
  if (first === null || second === null) return first ?? second;
  return {
    begin(head) {
      first.begin(head);
      second.begin(head);
    },
    add(piece) {
      first.add(piece);
      second.add(piece);
    },
    commit(tail) {
      first.commit(tail);
      second.commit(tail);
    },
    discard() {
      first.discard();
      second.discard();
    },
  };
}
