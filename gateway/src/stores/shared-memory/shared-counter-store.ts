import { systemClock } from "../../core/clock.ts";
import type { CounterStore, Reservation, Settled, Standing, Take, TakeAnswer } from "../ports/counter-store.ts";
import { openCounterFile, privateCounters, readBootId, readUptimeMs } from "./counter-file.ts";
import { type CounterMemory, half, slot, word } from "./counter-layout.ts";
import { locked } from "./counter-lock.ts";
import { claimSlot, findSlot, type SlotKey, slotKey } from "./counter-slots.ts";
import { dropItem, isSlotOf, noteItem, releaseItems } from "./held-items.ts";
import { deadOwners, enterOwner, hasOtherOwners, isOwnerAlive, type OwnerId, strikeOwner } from "./owners.ts";
import { rollBack } from "./undo-log.ts";
import { add, correct, type CountTime, perUnitMs, roll, standingOf } from "./window-counts.ts";

/** How to open the counters. */
export interface SharedCounterOptions {
  /** A file made by `prepareCounterFile`; null for counters of this process alone, which end with it. */
  readonly path: string | null;
  /** Milliseconds since the machine started, shared by all processes; default the system's. Tests give their own. */
  readonly uptimeMs?: () => number;
  /** Wall clock, for the time between two runs; default the system's. */
  readonly nowMs?: () => number;
}

/** The counters of one machine. */
export interface SharedCounterStore extends CounterStore {
  /** Gives back what processes hold that are gone. For a timer, about once a second. @returns how many such processes there were. */
  reap(): number;
}

/** How many notes are given back in one go, so that others get their turn. */
const RELEASE_AT_ONCE = 256;
const MAX_TAKES = 256;

/** One counted take, as it is remembered until it is settled. */
interface Taken {
  readonly at: number;
  readonly key: SlotKey;
  readonly mark: number;
  readonly amount: number;
  readonly perUnitMs: number;
  readonly isHeld: boolean;
  /** Number of its note; 0 for none. */
  readonly item: number;
}

interface SharedReservation extends Reservation {
  /** Null for takes that were not counted. */
  readonly taken: readonly (Taken | null)[];
  isSettled: boolean;
}

/**
 * Opens counters in a file that all processes of the machine map into their memory, changed under one lock of some hundred nanoseconds. What is in it
 * outlives every process, `kill -9` included, even in the middle of a change; a power cut may lose the last seconds.
 * @throws Error when the file cannot be mapped or is none of this layout.
 */
export function openSharedCounterStore(options: SharedCounterOptions): SharedCounterStore {
  const memory = options.path === null ? privateCounters() : openCounterFile(options.path);
  const uptimeMs = options.uptimeMs ?? steadyUptime();
  const owner = enter(memory, { uptimeMs, nowMs: options.nowMs ?? systemClock.nowMs });
  const losses = { uncounted: 0, replaced: 0 };
  const within = <Result>(work: (storeMs: number) => Result): Result =>
    locked(memory, owner, () => work(storeTime(memory, uptimeMs())));
  const reap = (): number => {
    const dead = deadOwners(memory);
    for (const each of dead) release(memory, { owner, gone: each });
    return dead.length;
  };
  return {
    take: (takes, nowMs) => within((storeMs) => takeAll({ memory, owner, losses }, takes, { storeMs, wallMs: nowMs })),
    peek: (takes, nowMs) => within((storeMs) => peekAll(memory, takes, { storeMs, wallMs: nowMs })),
    settle: (reservation, amounts) => within(() => settleAll(memory, reservation as SharedReservation, amounts)),
    losses,
    reap,
    close: () => release(memory, { owner, gone: owner }),
  };
}

/** Becomes an owner; the first one after all others are gone sets the store's time right, which stood still meanwhile. */
function enter(memory: CounterMemory, { uptimeMs, nowMs }: { uptimeMs: () => number; nowMs: () => number }): OwnerId {
  const { words, halves } = memory;
  const bootId = readBootId();
  if (words[word.bootId] !== bootId) {
    // The machine started anew: no process of the old one is left, whatever ids are in use now.
    Atomics.store(halves, half.lock, 0);
    rollBack(memory);
  }
  return locked(memory, null, () => {
    if (words[word.bootId] !== bootId || !hasOtherOwners(memory)) {
      words[word.bootId] = bootId;
      words[word.offsetMs] = Math.max(words[word.lastMs] as number, nowMs()) - uptimeMs();
    }
    return enterOwner(memory);
  });
}

/** The store's time: goes on with the machine's, never back. Under the lock. */
function storeTime({ words }: CounterMemory, uptimeMs: number): number {
  const nowMs = Math.max(words[word.lastMs] as number, uptimeMs + (words[word.offsetMs] as number));
  words[word.lastMs] = nowMs;
  return nowMs;
}

interface Counting {
  readonly memory: CounterMemory;
  readonly owner: OwnerId;
  readonly losses: { uncounted: number; replaced: number };
}

function takeAll({ memory, owner, losses }: Counting, takes: readonly Take[], time: CountTime): TakeAnswer {
  if (takes.length > MAX_TAKES) throw new RangeError(`more than ${MAX_TAKES} limits at once`);
  const standings: Standing[] = [];
  const taken: (Taken | null)[] = [];
  let isAdmitted = true;
  let replaced = 0;
  for (const take of takes) {
    const { meter, amount, mode } = take;
    const key = slotKey(memory, meter);
    const { at, isReplacement } = claimSlot(memory, meter, { key, nowMs: time.storeMs });
    if (isReplacement) replaced += 1;
    if (at < 0) losses.uncounted += 1;
    else roll(memory, at, { meter, time });
    const before = standingOf(memory, at, { meter, amount, time });
    const isCounted = at >= 0 && (mode === "count" || !before.isOver);
    if (before.isOver && mode === "enforce") isAdmitted = false;
    if (!isAdmitted || !isCounted) {
      standings.push(before);
      taken.push(null);
      continue;
    }
    const isHeld = take.isHeld || meter.window.kind === "concurrent";
    const mark = add(memory, at, { meter, amount, time, isHeld });
    const counted = { at, key, mark, amount, perUnitMs: perUnitMs(meter) };
    taken.push({ ...counted, isHeld, item: isHeld ? noteItem(memory, owner, counted) : 0 });
    standings.push({ ...standingOf(memory, at, { meter, amount: 0, time }), isOver: before.isOver });
  }
  if (isAdmitted) {
    losses.replaced += replaced;
    const reservation: SharedReservation = { size: takes.length, taken, isSettled: false };
    return { isAdmitted, standings, reservation };
  }
  // What was counted before the refusal, and any slot made for it, is taken back at once.
  rollBack(memory);
  return { isAdmitted, standings: peekAll(memory, takes, time), reservation: null };
}

function peekAll(memory: CounterMemory, takes: readonly Take[], time: CountTime): readonly Standing[] {
  return takes.map(({ meter, amount }) => {
    const at = findSlot(memory, meter, slotKey(memory, meter));
    if (at >= 0) roll(memory, at, { meter, time });
    return standingOf(memory, at, { meter, amount, time });
  });
}

function settleAll(
  memory: CounterMemory,
  reservation: SharedReservation,
  amounts: readonly (number | null)[],
): readonly Settled[] | null {
  if (reservation.isSettled) return null;
  reservation.isSettled = true;
  return reservation.taken.map((taken, index) => {
    if (taken === null || !isSlotOf(memory, taken.at, taken.key)) return { spentBefore: 0, spentAfter: 0 };
    const spentBefore = spentIn(memory, taken.at);
    correct(memory, taken.at, { ...taken, real: amounts[index] ?? taken.amount });
    if (taken.item > 0) dropItem(memory, taken.item);
    return { spentBefore, spentAfter: spentIn(memory, taken.at) };
  });
}

function spentIn({ words }: CounterMemory, at: number): number {
  return Math.max(0, (words[at + slot.used] as number) - (words[at + slot.held] as number));
}

function release(memory: CounterMemory, { owner, gone }: { owner: OwnerId; gone: OwnerId }): void {
  const releaseSome = (): boolean => {
    // Another process may have been quicker, and the number may be a new process's by now.
    if (gone !== owner && isOwnerAlive(memory, gone)) return true;
    const isDone = releaseItems(memory, gone, RELEASE_AT_ONCE) < RELEASE_AT_ONCE;
    if (isDone) strikeOwner(memory, gone);
    return isDone;
  };
  while (!locked(memory, owner, releaseSome));
}

/** `readUptimeMs` without its cost: the difference to this process's own clock is taken once. */
function steadyUptime(): () => number {
  const startMs = readUptimeMs() - performance.now();
  return () => startMs + performance.now();
}
