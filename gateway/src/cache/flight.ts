import type { AnswerEnd, AnswerHead, AnswerPiece, AnswerTail, AnswerWriter } from "../stores/ports/cache-store.ts";

/** What a follower is told next. */
export type FlightEvent =
  | { readonly kind: "head"; readonly head: AnswerHead }
  | { readonly kind: "piece"; readonly piece: AnswerPiece }
  | { readonly kind: "whole"; readonly tail: AnswerTail }
  | { readonly kind: "over"; readonly end: AnswerEnd };

/** Somebody who waits for an answer that another request is getting. */
export interface Follower {
  /** What comes next, from the beginning on; `whole` and `over` are the last. `over` for one who has left. */
  next(): Promise<FlightEvent>;
  leave(): void;
}

/** An answer on its way, whose parts reach everybody who follows it. Takes it in as a writer does. */
export interface Flight extends AnswerWriter {
  /** Null when too much of it has passed to follow it from the beginning. */
  follow(): Follower | null;
  readonly followerCount: number;
}

/** Bytes kept for those who come later while nobody follows. */
const KEPT_BYTES = 4 * 1024 * 1024;

/** Opens a flight. @param emptied told when the last follower left. */
export function openFlight(emptied: () => void): Flight {
  let events: FlightEvent[] = [];
  let keptBytes = 0;
  let isOver = false;
  let isTooLong = false;
  let followerCount = 0;
  let waiting: (() => void)[] = [];
  const wakeAll = (): void => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  const tell = (event: FlightEvent): void => {
    if (isOver) return;
    isOver = event.kind === "whole" || event.kind === "over";
    events.push(event);
    wakeAll();
  };
  return {
    begin: (head) => tell({ kind: "head", head }),
    add(piece) {
      if (isTooLong) return;
      keptBytes += piece.bytes.length;
      if (keptBytes > KEPT_BYTES && followerCount === 0) {
        isTooLong = true;
        events = [];
      } else tell({ kind: "piece", piece });
    },
    commit: (tail) => tell({ kind: "whole", tail }),
    discard: (end) => tell({ kind: "over", end }),
    get followerCount() {
      return followerCount;
    },
    follow() {
      if (isTooLong) return null;
      let next = 0;
      let hasLeft = false;
      followerCount += 1;
      return {
        async next() {
          for (;;) {
            if (hasLeft) return { kind: "over", end: { reason: "vacated" } };
            const event = events[next];
            if (event !== undefined) {
              next += 1;
              return event;
            }
            await new Promise<void>((resolve) => waiting.push(resolve));
          }
        },
        leave() {
          if (hasLeft) return;
          hasLeft = true;
          followerCount -= 1;
          wakeAll();
          if (followerCount === 0) emptied();
        },
      };
    },
  };
}
