/** Changes whenever anything below does: a file of another layout is begun anew. */
export const LAYOUT_VERSION = 2;
export const MAGIC = 0x48_47_43_31;

/** Halves of the header. The file is an array of 8-byte words, each a double or two 32-bit halves; the header takes the first 64. */
export const half = { magic: 0, version: 1, lock: 2, undoCount: 3, seed: 4, itemTop: 6, itemFree: 7 } as const;
/** Words of the header. */
export const word = { sizeBytes: 4, bootId: 5, offsetMs: 6, lastMs: 7 } as const;

/** Processes at one time. */
export const MAX_OWNERS = 256;
/** pid (half), unused (half), start of the process (word). */
export const OWNER_WORDS = 2;
export const OWNERS_AT = 64;

/** Enough for 256 takes that each move a whole ring on. */
export const MAX_UNDO = 65_536;
/** Number of the changed word, and what it was. */
export const UNDO_WORDS = 2;
export const UNDO_AT = OWNERS_AT + MAX_OWNERS * OWNER_WORDS;

/** Takes reserved at one time, over all processes. */
export const MAX_ITEMS = 32_768;
/** owner and next free one (halves), slot, its key (two halves), mark, amount, time per unit. */
export const ITEM_WORDS = 6;
export const item = { owner: 0, nextFree: 1, slot: 1, key: 2, mark: 3, amount: 4, perUnitMs: 5 } as const;
export const ITEMS_AT = UNDO_AT + MAX_UNDO * UNDO_WORDS;

/** Sub-windows of a sliding window. One more is kept, for the one that time is in. */
export const SUB_WINDOWS = 128;
export const RING = SUB_WINDOWS + 1;
export const PLAIN_WORDS = 16;
export const RING_WORDS = 144;
/** Words of a slot. `key` is two halves, `flags` a kind and whether it is lasting. Times are the store's own milliseconds unless said otherwise. */
export const slot = {
  key: 0,
  flags: 1,
  usedAtMs: 2,
  /** Wall clock. */
  startMs: 3,
  /** Wall clock. */
  endMs: 4,
  used: 5,
  held: 6,
  epoch: 7,
  openedAtMs: 8,
  /** Wall clock. */
  openedWallMs: 9,
  /** Start of the window that the count was carried from when the clock jumped ahead; -1 for none. Wall clock. */
  carriedFromMs: 10,
  idleAtMs: 11,
  ring: 12,
} as const;
/** Slots that a key may lie in. */
export const WAYS = 8;
export const PLAIN_SLOTS = 65_536;
export const RING_SLOTS = 8192;
export const PLAIN_AT = ITEMS_AT + MAX_ITEMS * ITEM_WORDS;
export const RINGS_AT = PLAIN_AT + PLAIN_SLOTS * PLAIN_WORDS;
export const SIZE_BYTES = (RINGS_AT + RING_SLOTS * RING_WORDS) * 8;

/** A mapped counter file. */
export interface CounterMemory {
  readonly words: Float64Array;
  readonly halves: Int32Array;
}
