import type { HeaderList } from "../../core/header-list.ts";
import type { TokenUsage } from "../../core/usage.ts";

/** Names an entry: 64 hexadecimal characters, a SHA-256 of everything that has to be equal (`cache/derive-key.ts`). */
export type CacheKey = string;

/** What is known of an answer when it begins. Times are Unix milliseconds. */
export interface AnswerHead {
  readonly status: number;
  /** The provider's fields that are worth keeping; none of framing. */
  readonly headers: HeaderList;
  readonly storedAtMs: number;
  /** Until then it is served without asking anybody. */
  readonly freshUntilMs: number;
  /** Until then it may be served when nothing better is to be had; never before `freshUntilMs`. */
  readonly usableUntilMs: number;
  /** Says where the answer came from; whoever looks it up compares it with where it would come from now. */
  readonly origin: string;
  /** Made by `PurgeBoard.stamp` before the provider was asked; the entry is gone once it is not current any more. */
  readonly stamp: readonly number[];
}

/** What is known of an answer when it is whole. */
export interface AnswerTail {
  /** As the answer named it; null when it named none. */
  readonly model: string | null;
  readonly usage: TokenUsage | null;
  /** What it cost at the provider in nano-USD; null when nothing is known of it. */
  readonly costNanoUsd: number | null;
}

/** Bytes of a body that came together, content coding still on. */
export interface AnswerPiece {
  readonly bytes: Buffer;
  /** When they came: milliseconds after the first. */
  readonly atMs: number;
}

/** A whole answer. */
export interface StoredAnswer {
  readonly head: AnswerHead;
  readonly tail: AnswerTail;
  /** In the order they were received. */
  readonly pieces: readonly AnswerPiece[];
  /** Of all pieces together. */
  readonly sizeBytes: number;
}

/**
 * Takes an answer in as it comes. One of `commit` and `discard` ends it; what is called after that does nothing. A store that is
 * elsewhere takes what it is given at once and sends it on in order.
 */
export interface AnswerWriter {
  /** To be called once, before the first piece. */
  begin(head: AnswerHead): void;
  add(piece: AnswerPiece): void;
  /** The answer is whole and can be found once this is over. */
  commit(tail: AnswerTail): void | Promise<void>;
  /** Nothing is kept. `end` is for those who follow. */
  discard(end: AnswerEnd): void;
}

/**
 * Why an answer under way will not be cached. `vacated`: the provider was not asked, or nobody waited for its answer any more.
 * `unsuitable`: it is an answer, and none to cache. `failed`: there is none, or what came is an error.
 */
export interface AnswerEnd {
  readonly reason: "vacated" | "unsuitable" | "failed";
  /** Of the error that its request was refused with; absent where an answer came. */
  readonly error?: { readonly isTimeout: boolean; readonly cause: string; readonly explanation: string };
}

/**
 * Keeps answers for whoever asks the same again. A store that fails behaves as if it were empty; it neither throws nor rejects. An adapter that
 * cannot answer at once answers with a promise; one that can must not, since requests would wait a turn for it.
 */
export interface CacheStore {
  /** The answer under `key`; null when there is none, it can be read no more, was purged, or is not usable at `nowMs`. */
  get(key: CacheKey, nowMs: number): StoredAnswer | null | Promise<StoredAnswer | null>;
  /** Begins to write the answer of `key`, in place of the one before; null when the store takes none now, `taken` while another is at it. */
  write(key: CacheKey): WriteAnswer | Promise<WriteAnswer>;
  /** Ends the use of the store; what is being written is discarded. */
  close(): void | Promise<void>;
}

/** What `CacheStore.write` answers. */
export type WriteAnswer = AnswerWriter | "taken" | null;

/** A store of several processes. */
export interface SharedCacheStore extends CacheStore {
  /**
   * Passes on what another process is writing under `key`, from the beginning, until it is over: the last call to `sink` is `commit` or
   * `discard`. A process that died ends with `discard`.
   * @returns how to leave before; null when nobody writes it.
   */
  follow(key: CacheKey, sink: AnswerWriter): FollowAnswer | Promise<FollowAnswer>;
  /**
   * Whether another process follows what this one writes under `key`, as far as is known here: it decides what becomes of an answer in the moment its
   * client leaves. Sometimes true for none. False for one only as long as the news of it is under way; that one is told `vacated` and
   * asks the provider itself.
   */
  isFollowed(key: CacheKey): boolean;
}

/** What `SharedCacheStore.follow` answers. */
export type FollowAnswer = (() => void) | null;

/**
 * Tells at once in every process which answers have been purged: each name has a generation, purging raises it, and an entry
 * counts as long as the generations of all its names are those it was stamped with.
 */
export interface PurgeBoard {
  /** Of the names, and of everything. */
  stamp(names: readonly string[]): readonly number[] | Promise<readonly number[]>;
  isCurrent(stamp: readonly number[]): boolean | Promise<boolean>;
  /** Drops every entry with that name; all entries for null. In force everywhere when it is over. */
  purge(name: string | null): void | Promise<void>;
}

/** What happened to caches of a machine since they were opened. */
export interface CacheCounts {
  /** Entries that could not be read. */
  readonly unreadable: number;
  /** Answers that could not be written: the disk is full or fails. */
  readonly unwritten: number;
}
