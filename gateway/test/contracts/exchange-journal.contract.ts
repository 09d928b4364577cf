import { describe, expect, test } from "bun:test";
import type { BodySnapshot, ExchangeRecord } from "../../src/core/exchange.ts";
import type { ExchangeJournal } from "../../src/stores/ports/exchange-journal.ts";
import { sampleEvent } from "../support/sample-event.ts";
import { sampleRecord } from "../support/sample-record.ts";

/** One journal under test, with a way to see what it kept. */
export interface JournalUnderTest {
  readonly journal: ExchangeJournal;
  /** Everything kept so far, in order. */
  readonly readBack: () => ExchangeRecord[];
  /** What is kept of the bodies so far, as pairs of the record's id and the text of both. */
  readonly readBodies: () => [id: string, request: string | null, response: string | null][];
  /** The events kept so far, in order. */
  readonly readEvents: () => unknown[];
  /** Makes the next appends impossible, as a full disk would. */
  readonly breakStore: () => void;
  readonly dispose: () => void;
}

/** What every adapter of the port `ExchangeJournal` has to do. */
export function describeExchangeJournal(name: string, open: () => JournalUnderTest): void {
  const withJournal = (body: (subject: JournalUnderTest) => void) => (): void => {
    const subject = open();
    try {
      body(subject);
    } finally {
      subject.dispose();
    }
  };

  describe(`exchange journal: ${name}`, () => {
    test(
      "keeps records whole and in order",
      withJournal(({ journal, readBack }) => {
        const records = Array.from({ length: 50 }, (_, index) =>
          sampleRecord({ id: `id-${index}`, path: `chat/ü€😀\u2028"\\/${index}`, model: index % 2 === 0 ? null : "m" }),
        );
        for (const record of records) journal.append(record, null);
        expect(readBack()).toEqual(records);
        expect(journal.droppedRecords).toBe(0);
      }),
    );

    test(
      "has a record at the moment append returns",
      withJournal(({ journal, readBack }) => {
        journal.append(sampleRecord({ id: "first" }), null);
        expect(readBack().map((record) => record.id)).toEqual(["first"]);
      }),
    );

    test(
      "keeps events among the records, and changes nothing about those",
      withJournal(({ journal, readBack, readEvents }) => {
        const events = [sampleEvent({ partition: '["ü😀"]' }), sampleEvent({ threshold: 80 })] as const;
        journal.tell(events[0]);
        expect(readEvents()).toEqual([events[0]]);
        journal.append(sampleRecord({ id: "first" }), null);
        journal.tell(events[1]);
        expect(readEvents()).toEqual([...events]);
        expect(readBack().map((record) => record.id)).toEqual(["first"]);
        expect(journal.droppedRecords).toBe(0);
      }),
    );

    test(
      "keeps bodies beside their records, and records without any",
      withJournal(({ journal, readBodies }) => {
        const ids = [1, 2, 3, 4].map((digit) => `0190c6f0-0000-7000-8000-00000000000${digit}`);
        const [both, none, half, empty] = ids as [string, string, string, string];
        const large = "é".repeat(100_000);
        journal.append(sampleRecord({ id: both }), { request: bodyOf('{"a":', "1}"), response: bodyOf(large, large) });
        journal.append(sampleRecord({ id: none }), null);
        journal.append(sampleRecord({ id: half }), { request: null, response: bodyOf("data: x\n\n") });
        journal.append(sampleRecord({ id: empty }), { request: bodyOf(), response: null });
        expect(readBodies()).toEqual([
          [both, '{"a":1}', large + large],
          [none, null, null],
          [half, null, "data: x\n\n"],
          [empty, "", null],
        ]);
        expect(journal.droppedBodies).toBe(0);
        expect(journal.droppedRecords).toBe(0);
      }),
    );

    test(
      "counts what it cannot keep, without throwing, and keeps what it had",
      withJournal(({ journal, readBack, breakStore }) => {
        journal.append(sampleRecord({ id: "kept" }), null);
        breakStore();
        journal.append(sampleRecord({ id: "lost-1" }), null);
        journal.append(sampleRecord({ id: "lost-2" }), null);
        expect(journal.droppedRecords).toBe(2);
        expect(readBack().map((record) => record.id)).toEqual(["kept"]);
      }),
    );

    test(
      "counts appends after close as dropped, and closes twice without harm",
      withJournal(({ journal, readBack }) => {
        journal.append(sampleRecord({ id: "kept" }), null);
        journal.close();
        journal.close();
        journal.append(sampleRecord({ id: "late" }), null);
        expect(journal.droppedRecords).toBe(1);
        expect(readBack().map((record) => record.id)).toEqual(["kept"]);
      }),
    );
  });
}

function bodyOf(...pieces: string[]): BodySnapshot {
  return { pieces: pieces.map((piece) => Buffer.from(piece)), isComplete: true, contentEncoding: null };
}
