import type { Meter } from "../ports/counter-store.ts";
import {
  type CounterMemory,
  half,
  PLAIN_AT,
  PLAIN_SLOTS,
  PLAIN_WORDS,
  RING,
  RING_SLOTS,
  RING_WORDS,
  RINGS_AT,
  slot,
  WAYS,
} from "./counter-layout.ts";
import { put, putHalf } from "./undo-log.ts";

/** Numbers of window kinds in the file. */
export const kindNumber = { fixed: 1, sliding: 2, bucket: 3, concurrent: 4 } as const;

/** The name of a counter in the file: 64 bits of a hash whose seed is the file's own secret, so that nobody can choose names that meet. */
export interface SlotKey {
  readonly low: number;
  readonly high: number;
}

/** What was found for a meter. */
export interface FoundSlot {
  /** Word the slot begins at; -1 when there is no room for it. */
  readonly at: number;
  /** Whether a count was given up for it while its window ran. */
  readonly isReplacement: boolean;
}

const nothing: FoundSlot = { at: -1, isReplacement: false };

/** The key of a meter in this file; never 0, which marks an empty slot. */
export function slotKey({ halves }: CounterMemory, { key, window }: Meter): SlotKey {
  const low = Bun.hash.xxHash32(key, (halves[half.seed] as number) >>> 0) | 0;
  const high = Bun.hash.murmur32v3(key, (halves[half.seed + 1] as number) >>> 0) | 0;
  return { low: low === 0 ? 1 : low, high: high ^ kindNumber[window.kind] };
}

/** The slot of a key; -1 when it has none. */
export function findSlot(memory: CounterMemory, meter: Meter, key: SlotKey): number {
  const { firstAt, sizeWords } = setOf(meter, key);
  const { halves } = memory;
  for (let way = 0; way < WAYS; way += 1) {
    const at = firstAt + way * sizeWords;
    if (halves[at * 2] === key.low && halves[at * 2 + 1] === key.high) return at;
  }
  return -1;
}

/**
 * The slot of a key, made where there is none: in an empty place, else in that of the key that was used least recently among those whose window is
 * over, else among those that do not last. What is held is never given up.
 * @param nowMs time of the store.
 */
export function claimSlot(
  memory: CounterMemory,
  meter: Meter,
  { key, nowMs }: { key: SlotKey; nowMs: number },
): FoundSlot {
  const known = findSlot(memory, meter, key);
  if (known >= 0) return { at: known, isReplacement: false };
  const { firstAt, sizeWords } = setOf(meter, key);
  const { words } = memory;
  let best = -1;
  let bestRank = 3;
  for (let way = 0; way < WAYS; way += 1) {
    const at = firstAt + way * sizeWords;
    const rank = rankOf(memory, at, nowMs);
    const isOlder = best >= 0 && (words[at + slot.usedAtMs] as number) < (words[best + slot.usedAtMs] as number);
    if (rank < bestRank || (rank === bestRank && rank < 3 && isOlder)) {
      best = at;
      bestRank = rank;
    }
  }
  if (best < 0) return nothing;
  for (let at = best + 1; at < best + (sizeWords === RING_WORDS ? slot.ring + RING : slot.ring); at += 1) {
    if (words[at] !== 0) put(memory, at, 0);
  }
  putHalf(memory, best * 2, key.low);
  putHalf(memory, best * 2 + 1, key.high);
  putHalf(memory, (best + slot.flags) * 2, kindNumber[meter.window.kind]);
  putHalf(memory, (best + slot.flags) * 2 + 1, meter.isLasting ? 1 : 0);
  return { at: best, isReplacement: bestRank === 2 };
}

/** How willingly a slot is given up: 0 empty, 1 its window is over, 2 while it runs, 3 not at all. */
function rankOf({ words, halves }: CounterMemory, at: number, nowMs: number): number {
  if (halves[at * 2] === 0) return 0;
  if ((words[at + slot.held] as number) > 0) return 3;
  if ((words[at + slot.idleAtMs] as number) <= nowMs) return 1;
  return halves[(at + slot.flags) * 2 + 1] === 1 ? 3 : 2;
}

function setOf({ window }: Meter, { low, high }: SlotKey): { readonly firstAt: number; readonly sizeWords: number } {
  const isRing = window.kind === "sliding";
  const sets = (isRing ? RING_SLOTS : PLAIN_SLOTS) / WAYS;
  const sizeWords = isRing ? RING_WORDS : PLAIN_WORDS;
  const set = ((low ^ high) >>> 0) % sets;
  return { firstAt: (isRing ? RINGS_AT : PLAIN_AT) + set * WAYS * sizeWords, sizeWords };
}
