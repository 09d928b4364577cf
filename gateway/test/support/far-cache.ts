import { type Flight, openFlight } from "../../src/cache/flight.ts";
import { createMemoryCacheStore } from "../../src/stores/memory/memory-cache-store.ts";
import type {
  AnswerEnd,
  AnswerHead,
  AnswerPiece,
  AnswerTail,
  AnswerWriter,
  CacheKey,
  PurgeBoard,
  SharedCacheStore,
  StoredAnswer,
} from "../../src/stores/ports/cache-store.ts";
import { type AskFarAway, putFarAway } from "./far-away.ts";

/** Answers and their generations at the other end of a channel; any number of processes may open it. */
export interface FarCache {
  open(): { readonly far: SharedCacheStore; readonly board: PurgeBoard };
}

interface Lease {
  readonly writer: AnswerWriter;
  readonly flight: Flight;
}

type Step = readonly ["begin", AnswerHead] | readonly ["add", AnswerPiece] | readonly ["discard", AnswerEnd];

/** A cache as one over a network would be: an adapter of the port that answers nothing at once. */
export function createFarCache(delayMs: number): FarCache {
  const generations = new Map<string | null, number>();
  const generationOf = (name: string | null): number => generations.get(name) ?? 0;
  const names: string[] = [];
  const numberOf = (name: string): number => (names.includes(name) ? names.indexOf(name) : names.push(name) - 1);
  const board = {
    stamp: (given: readonly string[]): number[] => [
      generationOf(null),
      ...given.flatMap((name) => [numberOf(name), generationOf(name)]),
    ],
    isCurrent: ([everything, ...rest]: readonly number[]): boolean =>
      everything === generationOf(null) &&
      rest.every((value, index) => index % 2 === 0 || value === generationOf(names[rest[index - 1] as number] ?? "")),
    purge: (name: string | null): void => void generations.set(name, generationOf(name) + 1),
  };
  const store = createMemoryCacheStore({ maxBytes: 64 * 1024 * 1024, board });
  const leases = new Map<CacheKey, Lease>();
  const followers = new Map<number, ReturnType<Flight["follow"]>>();
  const leaseOf = (key: CacheKey): Lease | undefined => leases.get(key);
  const both = (key: CacheKey, [kind, given]: Step): void => {
    const lease = leaseOf(key);
    if (lease === undefined) return;
    for (const writer of [lease.writer, lease.flight]) {
      if (kind === "begin") writer.begin(given);
      else if (kind === "add") writer.add({ ...given, bytes: Buffer.from(given.bytes) });
      else writer.discard(given);
    }
    if (kind === "discard") leases.delete(key);
  };
  const methods = {
    ...board,
    get: (key: CacheKey, nowMs: number) => store.get(key, nowMs),
    lease(key: CacheKey) {
      if (leases.has(key)) return false;
      leases.set(key, { writer: store.write(key), flight: openFlight(() => {}) });
      return true;
    },
    step: both,
    commit(key: CacheKey, tail: AnswerTail) {
      const lease = leaseOf(key);
      leases.delete(key);
      void lease?.writer.commit(tail);
      void lease?.flight.commit(tail);
    },
    follow(key: CacheKey, id: number) {
      const follower = leaseOf(key)?.flight.follow() ?? null;
      followers.set(id, follower);
      return follower !== null;
    },
    next: (id: number) => followers.get(id)?.next(),
    leave: (id: number) => followers.get(id)?.leave(),
    followers: (key: CacheKey) => leaseOf(key)?.flight.followerCount ?? 0,
  };
  let lastFollower = 0;
  return {
    open() {
      const { ask, close } = putFarAway(methods, delayMs);
      return {
        board: {
          stamp: (given) => ask("stamp", given) as Promise<number[]>,
          isCurrent: (stamp) => ask("isCurrent", stamp) as Promise<boolean>,
          purge: (name) => ask("purge", name) as Promise<void>,
        },
        far: {
          get: async (key, nowMs) => asBuffers((await ask("get", key, nowMs)) as StoredAnswer | null),
          write: async (key) => ((await ask("lease", key)) === true ? writeFarAway(ask, key) : "taken"),
          async follow(key, sink) {
            lastFollower += 1;
            const id = lastFollower;
            if ((await ask("follow", key, id)) !== true) return null;
            void tellSink(sink, () => ask("next", id));
            return () => void ask("leave", id);
          },
          // The news of followers would be pushed; without it, whoever writes is taken to be followed.
          isFollowed: () => true,
          close,
        },
      };
    },
  };
}

function writeFarAway(ask: AskFarAway, key: CacheKey): AnswerWriter {
  let isOver = false;
  const tell = (...step: Step): void => {
    if (!isOver) void ask("step", key, step);
  };
  return {
    begin: (head) => tell("begin", head),
    add: (piece) => tell("add", piece),
    async commit(tail) {
      if (isOver) return;
      isOver = true;
      await ask("commit", key, tail);
    },
    discard(end) {
      tell("discard", end);
      isOver = true;
    },
  };
}

async function tellSink(sink: AnswerWriter, next: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const event = (await next()) as Awaited<ReturnType<NonNullable<ReturnType<Flight["follow"]>>["next"]>>;
    if (event.kind === "head") sink.begin(event.head);
    else if (event.kind === "piece") sink.add({ ...event.piece, bytes: Buffer.from(event.piece.bytes) });
    else if (event.kind === "whole") return void sink.commit(event.tail);
    else return sink.discard(event.end);
  }
}

/** Copied over the channel, buffers are plain arrays of bytes. */
function asBuffers(answer: StoredAnswer | null): StoredAnswer | null {
  if (answer === null) return null;
  const pieces = answer.pieces.map(({ bytes, atMs }) => ({ atMs, bytes: Buffer.from(bytes) }));
  return { ...answer, pieces };
}
