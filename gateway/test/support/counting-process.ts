import { writeSync } from "node:fs";
import type { CounterWindow, Take } from "../../src/stores/ports/counter-store.ts";
import { openSharedCounterStore } from "../../src/stores/shared-memory/shared-counter-store.ts";

// One of several processes at the counters of the file given as argument. A line on stdin is an order; each is answered with a line.
const store = openSharedCounterStore({ path: process.argv[2] as string });

/** What a process is told to do: take `amount` `times` over of the meter, and keep what it took or settle it with the amounts in turn. */
export interface CountingOrder {
  readonly key: string;
  readonly window: CounterWindow;
  readonly limit: number;
  readonly amount: number;
  readonly times: number;
  readonly isHeld: boolean;
  readonly settleWith: number | null;
  /** Takes without end, until the process is killed. */
  readonly isEndless: boolean;
}

function obey({ key, window, limit, amount, times, isHeld, settleWith, isEndless }: CountingOrder): number {
  const take: Take = { meter: { key, window, limit, isLasting: true }, amount, mode: "enforce", isHeld };
  const count = isEndless ? Number.POSITIVE_INFINITY : times;
  let admitted = 0;
  for (let index = 0; index < count; index += 1) {
    const answer = store.take([take], Date.now());
    if ("then" in answer || answer.reservation === null) continue;
    admitted += 1;
    if (settleWith !== null) void store.settle(answer.reservation, [settleWith]);
  }
  return admitted;
}

writeSync(1, "ready\n");
for await (const line of console) writeSync(1, `${obey(JSON.parse(line) as CountingOrder)}\n`);
