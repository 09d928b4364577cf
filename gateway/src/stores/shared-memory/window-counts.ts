import type { Meter, Standing } from "../ports/counter-store.ts";
import { type CounterMemory, RING, slot, SUB_WINDOWS } from "./counter-layout.ts";
import { kindNumber } from "./counter-slots.ts";
import { put } from "./undo-log.ts";

/** When something is counted. */
export interface CountTime {
  /** The store's own time, which nobody can set: milliseconds. */
  readonly storeMs: number;
  /** Wall clock as the caller says, Unix milliseconds. */
  readonly wallMs: number;
}

/** Differences between the clocks up to this, or a thousandth of the window, are drift and no jump. */
const DRIFT_MS = 1000;
/** What rounding can take away from a bucket's time. */
const ROUNDING_MS = 0.002;

/** Moves a slot on to the window that `time` lies in. Without it a slot shows what it counted last. */
export function roll(memory: CounterMemory, at: number, { meter, time }: { meter: Meter; time: CountTime }): void {
  const { window } = meter;
  if (window.kind === "fixed") rollFixed(memory, at, { ...window, time });
  else if (window.kind === "sliding") rollSliding(memory, at, subWindow(window.lengthMs, time));
}

interface FixedRoll {
  readonly startMs: number;
  readonly endMs: number;
  readonly time: CountTime;
}

/**
 * A new window begins with nothing only if as much time went by as the clock says. If the clock jumped ahead, the count goes along into the window
 * that it shows, and back when it is set right; if it was set back, the later window stays until the clock is there again or its length has passed.
 */
function rollFixed(memory: CounterMemory, at: number, next: FixedRoll): void {
  const { words } = memory;
  if (words[at + slot.epoch] === 0) return beginFixed(memory, at, next);
  const startMs = words[at + slot.startMs] as number;
  const endMs = words[at + slot.endMs] as number;
  const passedMs = next.time.storeMs - (words[at + slot.openedAtMs] as number);
  if (next.startMs > startMs) {
    const driftMs = Math.max(DRIFT_MS, (endMs - startMs) / 1000);
    const isDue = passedMs + driftMs >= endMs - (words[at + slot.openedWallMs] as number);
    return isDue ? beginFixed(memory, at, next) : carryFixed(memory, at, { next, fromMs: startMs });
  }
  if (next.startMs < startMs && next.startMs === words[at + slot.carriedFromMs])
    return carryFixed(memory, at, { next, fromMs: -1 });
  if (passedMs >= endMs - startMs) beginFixed(memory, at, next);
}

function beginFixed(memory: CounterMemory, at: number, next: FixedRoll): void {
  put(memory, at + slot.used, 0);
  put(memory, at + slot.held, 0);
  put(memory, at + slot.epoch, (memory.words[at + slot.epoch] as number) + 1);
  carryFixed(memory, at, { next, fromMs: -1 });
}

function carryFixed(memory: CounterMemory, at: number, { next, fromMs }: { next: FixedRoll; fromMs: number }): void {
  put(memory, at + slot.startMs, next.startMs);
  put(memory, at + slot.endMs, next.endMs);
  put(memory, at + slot.openedAtMs, next.time.storeMs);
  put(memory, at + slot.openedWallMs, next.time.wallMs);
  put(memory, at + slot.carriedFromMs, fromMs);
}

function subWindow(lengthMs: number, { storeMs }: CountTime): number {
  return Math.floor((storeMs * SUB_WINDOWS) / lengthMs);
}

function rollSliding(memory: CounterMemory, at: number, current: number): void {
  const { words } = memory;
  const head = words[at + slot.startMs] as number;
  if (current <= head) return;
  let gone = 0;
  for (let index = Math.max(head + 1, current - RING + 1); index <= current; index += 1) {
    const ringAt = at + slot.ring + (index % RING);
    const count = words[ringAt] as number;
    if (count === 0) continue;
    gone += count;
    put(memory, ringAt, 0);
  }
  put(memory, at + slot.startMs, current);
  if (gone > 0) put(memory, at + slot.used, Math.max(0, (words[at + slot.used] as number) - gone));
}

/** Milliseconds of a bucket's filling that one unit takes. */
export function perUnitMs({ window, limit }: Meter): number {
  return window.kind === "bucket" ? window.fillMs / Math.max(1, limit) : 0;
}

/** How a rolled slot stands towards `amount`. @param at -1 for a meter that nothing was counted of. */
export function standingOf(
  memory: CounterMemory,
  at: number,
  asked: { meter: Meter; amount: number; time: CountTime },
): Standing {
  const { meter, amount } = asked;
  const { window, limit } = meter;
  const held = at < 0 ? 0 : (memory.words[at + slot.held] as number);
  const used = at < 0 ? 0 : usedOf(memory, at, asked);
  const tolerance = window.kind === "bucket" ? ROUNDING_MS / perUnitMs(meter) : 0;
  const remaining = Math.max(0, Math.floor(limit - used + tolerance));
  const isOver = used + amount > limit + tolerance;
  return { isOver, used, held, remaining, resetMs: Math.max(0, resetMs(memory, at, { ...asked, isOver, used })) };
}

function usedOf({ words }: CounterMemory, at: number, { meter, time }: { meter: Meter; time: CountTime }): number {
  if (meter.window.kind !== "bucket") return words[at + slot.used] as number;
  return Math.max(0, (words[at + slot.startMs] as number) - time.storeMs) / perUnitMs(meter);
}

interface ResetQuestion {
  readonly meter: Meter;
  readonly amount: number;
  readonly time: CountTime;
  readonly isOver: boolean;
  readonly used: number;
}

function resetMs(memory: CounterMemory, at: number, { meter, amount, time, isOver, used }: ResetQuestion): number {
  const { window, limit } = meter;
  if (window.kind === "concurrent") return 0;
  if (window.kind === "fixed") {
    const endMs = at < 0 ? window.endMs : Math.max(window.endMs, memory.words[at + slot.endMs] as number);
    return Math.min(endMs - time.wallMs, window.endMs - window.startMs);
  }
  if (window.kind === "bucket") return (isOver ? Math.max(0, used + amount - limit) : used) * perUnitMs(meter);
  if (!isOver || at < 0) return window.lengthMs;
  const head = memory.words[at + slot.startMs] as number;
  let left = used;
  for (let index = head - RING + 1; index <= head; index += 1) {
    left -= memory.words[at + slot.ring + (((index % RING) + RING) % RING)] as number;
    if (left + amount <= limit) return ((index + RING) * window.lengthMs) / SUB_WINDOWS - time.storeMs;
  }
  return window.lengthMs;
}

/** Counts `amount` in a rolled slot. @returns what names the window for `correct`. */
export function add(
  memory: CounterMemory,
  at: number,
  taken: { meter: Meter; amount: number; time: CountTime; isHeld: boolean },
): number {
  const { meter, amount, time, isHeld } = taken;
  const { words } = memory;
  const { window } = meter;
  let mark = 0;
  let idleAtMs = time.storeMs;
  if (window.kind === "bucket") {
    const fullAtMs = Math.max(words[at + slot.startMs] as number, time.storeMs) + amount * perUnitMs(meter);
    put(memory, at + slot.startMs, fullAtMs);
    idleAtMs = fullAtMs;
  } else {
    put(memory, at + slot.used, (words[at + slot.used] as number) + amount);
    if (window.kind === "fixed") {
      mark = words[at + slot.epoch] as number;
      idleAtMs =
        (words[at + slot.openedAtMs] as number) +
        (words[at + slot.endMs] as number) -
        (words[at + slot.openedWallMs] as number);
    } else if (window.kind === "sliding") {
      mark = words[at + slot.startMs] as number;
      const ringAt = at + slot.ring + (mark % RING);
      put(memory, ringAt, (words[ringAt] as number) + amount);
      idleAtMs = time.storeMs + (window.lengthMs * RING) / SUB_WINDOWS;
    }
  }
  if (isHeld) put(memory, at + slot.held, (words[at + slot.held] as number) + amount);
  put(memory, at + slot.usedAtMs, time.storeMs);
  put(memory, at + slot.idleAtMs, idleAtMs);
  return mark;
}

/** What is to be corrected: `amount` as it was added under `mark`. */
export interface Correction {
  readonly mark: number;
  readonly amount: number;
  readonly isHeld: boolean;
  readonly perUnitMs: number;
  /** What it really was. */
  readonly real: number;
}

/** Puts the truth in the place of an amount, in the window that it was added in; one that is over is left alone. */
export function correct(memory: CounterMemory, at: number, correction: Correction): void {
  const { mark, amount, isHeld, real } = correction;
  const { words, halves } = memory;
  const kind = halves[(at + slot.flags) * 2];
  // A fixed window that began anew has forgotten what was held before.
  const isForgotten = kind === kindNumber.fixed && words[at + slot.epoch] !== mark;
  if (isForgotten) return;
  if (isHeld) put(memory, at + slot.held, Math.max(0, (words[at + slot.held] as number) - amount));
  const change = (kind === kindNumber.concurrent ? 0 : real) - amount;
  if (change === 0) return;
  if (kind === kindNumber.bucket) {
    put(memory, at + slot.startMs, (words[at + slot.startMs] as number) + change * correction.perUnitMs);
    return;
  }
  if (kind === kindNumber.sliding) {
    if (mark <= (words[at + slot.startMs] as number) - RING) return;
    const ringAt = at + slot.ring + (mark % RING);
    put(memory, ringAt, Math.max(0, (words[ringAt] as number) + change));
  }
  put(memory, at + slot.used, Math.max(0, (words[at + slot.used] as number) + change));
}
