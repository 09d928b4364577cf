import type {
  AnswerWriter,
  CacheKey,
  CacheStore,
  PurgeBoard,
  SharedCacheStore,
  StoredAnswer,
} from "../stores/ports/cache-store.ts";
import type { KeyDeriver } from "./derive-key.ts";
import { type Flight, type Follower, openFlight } from "./flight.ts";

/** The answer of a key as one request gets it for all who ask the same meanwhile. */
export interface LeadingWriter extends AnswerWriter {
  /** Whether somebody waits for it, here or in another process. */
  readonly isFollowed: boolean;
}

/** How a request takes part: as the one that asks the provider, as one that waits for its answer, or by itself. */
export type Joined =
  | { readonly kind: "leads"; readonly writer: LeadingWriter }
  | { readonly kind: "follows"; readonly follower: Follower }
  | { readonly kind: "alone" };

/** The cache as requests meet it. */
export interface AnswerCache extends Pick<PurgeBoard, "stamp"> {
  readonly keys: KeyDeriver;
  get(key: CacheKey, nowMs: number): StoredAnswer | null | Promise<StoredAnswer | null>;
  /** To be asked after `get` found nothing. Whoever leads looks once more: the answer may have come in between. */
  join(key: CacheKey): Joined;
  close(): void;
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
  const flights = new Map<CacheKey, Flight>();
  const findFar = (key: CacheKey, nowMs: number): ReturnType<CacheStore["get"]> => {
    const keep = (answer: StoredAnswer | null): StoredAnswer | null => {
      if (answer !== null) near.put(key, answer);
      return answer;
    };
    const found = far?.get(key, nowMs) ?? null;
    return found instanceof Promise ? found.then(keep) : keep(found);
  };
  /** Takes the flight off the list when it is over. */
  const untilOver = (key: CacheKey, flight: Flight): AnswerWriter => {
    const land = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    return {
      begin: (head) => flight.begin(head),
      add: (piece) => flight.add(piece),
      commit(tail) {
        land();
        flight.commit(tail);
      },
      discard(end) {
        land();
        flight.discard(end);
      },
    };
  };
  const lead = (key: CacheKey, shared: AnswerWriter | null): Joined => {
    const flight = openFlight(() => {});
    flights.set(key, flight);
    // Followers look for the answer where it is kept as soon as they are told, so they are told last.
    const writers = [near.write(key), ...(shared === null ? [] : [shared]), untilOver(key, flight)];
    const writer: LeadingWriter = {
      begin: (head) => writers.forEach((each) => each.begin(head)),
      add: (piece) => writers.forEach((each) => each.add(piece)),
      commit: (tail) => writers.forEach((each) => each.commit(tail)),
      discard: (end) => writers.forEach((each) => each.discard(end)),
      get isFollowed() {
        return flight.followerCount > 0 || (shared !== null && far?.isFollowed(key) === true);
      },
    };
    return { kind: "leads", writer };
  };
  const followFar = (key: CacheKey): Follower | null => {
    let stop: (() => void) | null = null;
    const flight = openFlight(() => {
      if (flights.get(key) === flight) flights.delete(key);
      stop?.();
    });
    stop = far?.follow(key, untilOver(key, flight)) ?? null;
    if (stop === null) return null;
    flights.set(key, flight);
    return flight.follow();
  };
  return {
    keys,
    stamp: (names) => board.stamp(names),
    get: (key, nowMs) => near.get(key, nowMs) ?? findFar(key, nowMs),
    join(key) {
      const known = flights.get(key);
      const shared = known === undefined ? (far?.write(key) ?? null) : "taken";
      if (shared !== "taken") return lead(key, shared);
      const follower = known === undefined ? followFar(key) : known.follow();
      return follower === null ? { kind: "alone" } : { kind: "follows", follower };
    },
    close() {
      near.close();
      far?.close();
    },
  };
}
