import type { Clock } from "./clock.ts";

/** Something with a deadline. `deadlineMs` may be moved later at any time without telling the wheel. */
export interface Watched {
  /** On the clock's monotonic time; Infinity for none. */
  deadlineMs: number;
  /** Called once when the deadline has passed; the wheel has let go of the entry by then. */
  onDeadline(): void;
}

/**
 * One timer for every deadline of a process: a request costs a set insertion instead of a timer, and moving a deadline
 * later (each chunk of a stream does) costs an assignment. Deadlines fire up to one resolution late, never early.
 */
export class DeadlineWheel {
  readonly #clock: Clock;
  readonly #resolutionMs: number;
  readonly #buckets = new Map<number, Set<Watched>>();
  readonly #bucketOf = new Map<Watched, number>();
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
    return this.#bucketOf.size;
  }

  /** Puts `entry` under watch, or moves it when its deadline came nearer. An infinite deadline is not watched. */
  watch(entry: Watched): void {
    this.unwatch(entry);
    if (entry.deadlineMs === Number.POSITIVE_INFINITY) return;
    if (this.#timer === null) {
      this.#lastTick = this.#tickOf(this.#clock.monotonicMs());
      this.#timer = setInterval(() => this.#advance(), this.#resolutionMs);
    }
    const tick = Math.max(this.#tickOf(entry.deadlineMs) + 1, this.#lastTick + 1);
    const bucket = this.#buckets.get(tick);
    if (bucket === undefined) this.#buckets.set(tick, new Set([entry]));
    else bucket.add(entry);
    this.#bucketOf.set(entry, tick);
  }

  /** Lets go of `entry`; nothing happens when it is not watched. */
  unwatch(entry: Watched): void {
    const tick = this.#bucketOf.get(entry);
    if (tick === undefined) return;
    this.#bucketOf.delete(entry);
    const bucket = this.#buckets.get(tick);
    bucket?.delete(entry);
    if (bucket?.size === 0) this.#buckets.delete(tick);
  }

  /** Stops the timer and forgets every entry. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#buckets.clear();
    this.#bucketOf.clear();
  }

  #tickOf(timeMs: number): number {
    return Math.floor(timeMs / this.#resolutionMs);
  }

  #advance(): void {
    const nowMs = this.#clock.monotonicMs();
    const tick = this.#tickOf(nowMs);
    for (let passed = this.#lastTick + 1; passed <= tick; passed += 1) {
      this.#lastTick = passed;
      const bucket = this.#buckets.get(passed);
      if (bucket === undefined) continue;
      for (const entry of bucket) {
        this.unwatch(entry);
        if (entry.deadlineMs > nowMs) this.watch(entry);
        else entry.onDeadline();
      }
    }
    if (this.#bucketOf.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }
}
