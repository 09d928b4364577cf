import type {
  CounterStore,
  Reservation,
  Settled,
  Standing,
  Take,
  TakeAnswer,
} from "../../src/stores/ports/counter-store.ts";
import { putFarAway } from "./far-away.ts";

interface FarReservation extends Reservation {
  readonly id: number;
}

/** Counters at the other end of a channel: an adapter of the port that answers nothing at once, as one over a network would. */
export function openFarCounters(store: CounterStore, delayMs: number): CounterStore {
  const reservations = new Map<number, Reservation>();
  let lastId = 0;
  const far = putFarAway(
    {
      async take(takes: readonly Take[], nowMs: number) {
        const answer = await store.take(takes, nowMs);
        if (answer.reservation === null) return answer;
        lastId += 1;
        reservations.set(lastId, answer.reservation);
        return { ...answer, reservation: { id: lastId, size: answer.reservation.size } };
      },
      peek: (takes: readonly Take[], nowMs: number) => store.peek(takes, nowMs),
      async settle(id: number, amounts: readonly (number | null)[]) {
        return store.settle(reservations.get(id) as Reservation, amounts);
      },
    },
    delayMs,
  );
  return {
    take: (takes, nowMs) => far.ask("take", takes, nowMs) as Promise<TakeAnswer>,
    peek: (takes, nowMs) => far.ask("peek", takes, nowMs) as Promise<readonly Standing[]>,
    settle: (reservation, amounts) =>
      far.ask("settle", (reservation as FarReservation).id, amounts) as Promise<readonly Settled[] | null>,
    losses: { uncounted: 0, replaced: 0 },
    async close() {
      far.close();
      await store.close();
    },
  };
}
