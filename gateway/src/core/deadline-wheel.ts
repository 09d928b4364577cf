import type { Clock } from "./clock.ts";

/** Something with a deadline. `deadlineMs` may be moved later at any time without telling the wheel. */
export interface Watched {
  /** On the clock's monotonic time; Infinity for none. */
  deadlineMs: number;
  /** Called once when the deadline has passed; the wheel has let go of the entry by then. */
  onDeadline(): void;
  /** The wheel's own bookmark; nobody else touches it. */
  slot?: WheelSlot | undefined;
}

/** An entry's place in a bucket: a link of a list, so that watching and unwatching cost no search and no allocation. */
export interface WheelSlot {
  readonly entry: Watched;
  bucket: Bucket | null;
  previous: WheelSlot | null;
  next: WheelSlot | null;
}

interface Bucket {
  readonly tick: number;
  first: WheelSlot | null;
}

/**
 * One timer for every deadline of a process: a request costs a few links instead of a timer, and moving a deadline
 * later (each chunk of a stream does) costs an assignment. Deadlines fire up to one resolution late, never early.
 */
export class DeadlineWheel {
  readonly #clock: Clock;
  readonly #resolutionMs: number;
  readonly #buckets = new Map<number, Bucket>();
  #size = 0;
  #timer: Timer | null = null;
  #lastTick: number;

  /** @param clock whose monotonic time counts. @param resolutionMs width of a bucket, 20 ms by default. */
  constructor(clock: Clock, resolutionMs = 20) {
    this.#clock = clock;
    this.#resolutionMs = resolutionMs;
    this.#lastTick = this.#tickOf(clock.monotonicMs());
  }

  /** Entries under watch; for tests and metrics. */
  get size(): number {
    return this.#size;
  }

  /** Puts `entry` under watch, or moves it when its deadline came nearer. An infinite deadline is not watched. */
  watch(entry: Watched): void {
    this.unwatch(entry);
    if (entry.deadlineMs === Number.POSITIVE_INFINITY) return;
    if (this.#timer === null) {
      this.#lastTick = this.#tickOf(this.#clock.monotonicMs());
      this.#timer = setInterval(() => this.#advance(), this.#resolutionMs);
    }
    const slot = (entry.slot ??= { entry, bucket: null, previous: null, next: null });
    const bucket = this.#bucketAt(Math.max(this.#tickOf(entry.deadlineMs), this.#lastTick) + 1);
    slot.bucket = bucket;
    slot.next = bucket.first;
    if (bucket.first !== null) bucket.first.previous = slot;
    bucket.first = slot;
    this.#size += 1;
  }

  /** Lets go of `entry`; nothing happens when it is not watched. */
  unwatch(entry: Watched): void {
    const slot = entry.slot;
    const bucket = slot?.bucket ?? null;
    if (slot === undefined || bucket === null) return;
    if (slot.previous === null) bucket.first = slot.next;
    else slot.previous.next = slot.next;
    if (slot.next !== null) slot.next.previous = slot.previous;
    slot.bucket = null;
    slot.previous = null;
    slot.next = null;
    this.#size -= 1;
    if (bucket.first === null) this.#buckets.delete(bucket.tick);
  }

  /** Stops the timer and forgets every entry. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    for (const bucket of this.#buckets.values()) while (bucket.first !== null) this.unwatch(bucket.first.entry);
  }

  /** Fires what is due in a bucket whose time has come, and moves what was put off. */
  #empty(bucket: Bucket, nowMs: number): void {
    while (bucket.first !== null) {
      const { entry } = bucket.first;
      this.unwatch(entry);
      if (entry.deadlineMs > nowMs) this.watch(entry);
      else entry.onDeadline();
    }
  }

  #tickOf(timeMs: number): number {
    return Math.floor(timeMs / this.#resolutionMs);
  }

  #bucketAt(tick: number): Bucket {
    const known = this.#buckets.get(tick);
    if (known !== undefined) return known;
    const bucket = { tick, first: null };
    this.#buckets.set(tick, bucket);
    return bucket;
  }

  #advance(): void {
    const nowMs = this.#clock.monotonicMs();
    const tick = this.#tickOf(nowMs);
    for (let passed = this.#lastTick + 1; passed <= tick; passed += 1) {
      this.#lastTick = passed;
      const bucket = this.#buckets.get(passed);
      if (bucket !== undefined) this.#empty(bucket, nowMs);
    }
    if (this.#size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }
}
