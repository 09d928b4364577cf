import { describeExchangeJournal } from "../../../test/contracts/exchange-journal.contract.ts";
import { createMemoryJournal } from "./memory-journal.ts";

describeExchangeJournal("memory", () => {
  const capacity = 1000;
  const journal = createMemoryJournal(capacity);
  let filler = 0;
  return {
    journal,
    readBack: () => journal.records.slice(0, journal.records.length - filler),
    breakStore: () => {
      const kept = journal.records[0];
      if (kept === undefined) throw new Error("append a record first");
      while (journal.records.length < capacity) {
        journal.append(kept);
        filler += 1;
      }
    },
    dispose: () => journal.close(),
  };
});
