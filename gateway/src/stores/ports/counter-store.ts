/**
 * What a meter counts over. Times are Unix milliseconds, lengths milliseconds.
 * - `fixed`: from `startMs` until before `endMs`; whoever asks computes them, so calendars and time zones are its business.
 * - `sliding`: the last `lengthMs`, whenever asked.
 * - `bucket`: a bucket of `limit` units that fills evenly, from empty to full in `fillMs` (GCRA).
 * - `concurrent`: what is held right now; no time.
 */
export type CounterWindow =
  | { readonly kind: "fixed"; readonly startMs: number; readonly endMs: number }
  | { readonly kind: "sliding"; readonly lengthMs: number }
  | { readonly kind: "bucket"; readonly fillMs: number }
  | { readonly kind: "concurrent" };

/** Something that is counted against a limit. */
export interface Meter {
  /** Names the counter: takes of one key share it. Must differ for windows of different kind or length. */
  readonly key: string;
  readonly window: CounterWindow;
  /** Most units in the window. Whole units (requests, tokens, nano-USD) up to 2^53. */
  readonly limit: number;
  /** Whether the count is to outlive others when room runs short: money. */
  readonly isLasting: boolean;
}

/** What one request takes of a meter. */
export interface Take {
  readonly meter: Meter;
  /** Whole units, at least 0. */
  readonly amount: number;
  /**
   * `enforce` refuses the whole when the limit would be passed; `shadow` is then left uncounted and tells it; `count` counts in any case.
   */
  readonly mode: "enforce" | "shadow" | "count";
  /** Whether the amount is an estimate: `settle` tells the truth later, and it is given back when the process that took it dies. Always so for `concurrent`. */
  readonly isHeld: boolean;
}

/** How a meter stands after a take (or, when it was refused or only peeked at, without it). */
export interface Standing {
  /** Whether the amount did not fit. */
  readonly isOver: boolean;
  /** Units counted, held ones included. */
  readonly used: number;
  /** The part of `used` that is held: taken and not settled. */
  readonly held: number;
  /** Units that still fit; never negative. */
  readonly remaining: number;
  /** Milliseconds until the amount would fit if nothing else came; when it fits, until the window is over or the bucket full. 0 for `concurrent`. */
  readonly resetMs: number;
}

/** What was taken, for `settle`. Adapters put their own into it. */
export interface Reservation {
  /** Number of takes; `settle` wants as many amounts. */
  readonly size: number;
}

/** The answer to a take. */
export interface TakeAnswer {
  readonly isAdmitted: boolean;
  /** One for each take, in order. */
  readonly standings: readonly Standing[];
  /** Null when nothing was taken. */
  readonly reservation: Reservation | null;
}

/** How a settled meter stands. */
export interface Settled {
  /** Units counted for good (`used` less `held`) in the reservation's window before and after; equal when the window is over. */
  readonly spentBefore: number;
  readonly spentAfter: number;
}

/**
 * Counts of everything that has a limit, shared by all who open the same one. An adapter that cannot answer at once answers with a promise.
 * No adapter throws or rejects because of what it is asked; one that lost its store admits and counts the loss.
 */
export interface CounterStore {
  /**
   * Takes all amounts, or none when one of mode `enforce` does not fit. At most 256 takes. Atomic over all meters and all processes.
   * @param nowMs wall clock, for fixed windows. When it jumps, a window neither starts over nor gets stuck: its count goes along.
   */
  take(takes: readonly Take[], nowMs: number): TakeAnswer | Promise<TakeAnswer>;
  /** How the meters stand, and whether the amounts would fit. Changes nothing. */
  peek(takes: readonly Take[], nowMs: number): readonly Standing[] | Promise<readonly Standing[]>;
  /**
   * Corrects what was reserved to the amounts that it really was, in the windows it was reserved in, and ends what was held. A take of kind
   * `concurrent` ends whatever its amount. Once for each reservation: a second time does nothing and answers null.
   * @param amounts in the order of the takes; null keeps the reserved amount.
   */
  settle(
    reservation: Reservation,
    amounts: readonly (number | null)[],
  ): readonly Settled[] | null | Promise<readonly Settled[] | null>;
  /** As far as is known here: takes that could not be counted because there was no room, and counts given up for others while their window ran; since start. */
  readonly losses: { readonly uncounted: number; readonly replaced: number };
  /** Ends the use of the store, once what was settled has arrived; what it holds is given back. */
  close(): void | Promise<void>;
}
