import { describeExchangeJournal } from "../../../test/contracts/exchange-journal.contract.ts";
import type { BodySnapshot } from "../../core/exchange.ts";
import { createMemoryJournal } from "./memory-journal.ts";

describeExchangeJournal("memory", () => {
  const capacity = 1000;
  const journal = createMemoryJournal(capacity);
  let filler = 0;
  return {
    journal,
    readBack: () => journal.records.slice(0, journal.records.length - filler),
    readBodies: () =>
      journal.bodies.map((bodies, index) => [
        journal.records[index]?.id as string,
        textOf(bodies?.request),
        textOf(bodies?.response),
      ]),
    readEvents: () => [...journal.events],
    breakStore: () => {
      const kept = journal.records[0];
      if (kept === undefined) throw new Error("append a record first");
      while (journal.records.length < capacity) {
        journal.append(kept, null);
        filler += 1;
      }
    },
    dispose: () => journal.close(),
  };
});

function textOf(body: BodySnapshot | null | undefined): string | null {
  return body ? Buffer.concat(body.pieces).toString("utf8") : null;
}
