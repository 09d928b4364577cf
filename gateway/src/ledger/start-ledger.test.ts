import { describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeFrame } from "../../test/support/encode-frame.ts";
import { sampleId, sampleLog, sampleQuery } from "../../test/support/sample-log.ts";
import { sampleRecord } from "../../test/support/sample-record.ts";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { until } from "../../test/support/until.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import type { BodySnapshot } from "../core/exchange.ts";
import type { LedgerEntry } from "../core/ledger-entry.ts";
import { idleSegmentMs, openJournalWriter } from "../journal/journal-writer.ts";
import { listSegments } from "../journal/segment-names.ts";
import { openDatabase } from "../stores/sqlite/open-database.ts";
import { openSqliteLogStore } from "../stores/sqlite/sqlite-log-store.ts";
import { type LogStore, LogStoreUnavailable } from "../stores/ports/log-store.ts";
import { type GatewayRetention, noRetention } from "./retention.ts";
import { type LedgerOptions, startLedger } from "./start-ledger.ts";

const scope = { accountId: "default", gatewayId: "default" };

/** A data directory with a journal, a database and what a ledger needs. */
function openRoom(retention: GatewayRetention = noRetention) {
  const directory = temporaryDirectory();
  const journal = join(directory.path, "journal");
  const database = openDatabase(join(directory.path, "headgate.db"));
  const store = openSqliteLogStore(database);
  const events: string[] = [];
  const consumed: LedgerEntry[] = [];
  const start = (changes: Partial<LedgerOptions> = {}) =>
    startLedger({
      directory: journal,
      store,
      consumers: [{ name: "test", consume: (batch) => void consumed.push(...batch) }],
      rules: { maxBodyBytes: 1000, maxSearchCharacters: 1000, retentionOf: () => retention },
      clock: systemClock,
      log: (_, event) => events.push(event),
      lingerMs: 1,
      ...changes,
    });
  const writer = (worker = "w0", segmentBytes = 1_000_000, clock: Clock = systemClock) =>
    openJournalWriter({ directory: journal, worker, segmentBytes, maxBytes: 100_000_000, clock });
  return {
    journal,
    store,
    events,
    consumed,
    start,
    writer,
    ids: async () =>
      (await store.list(scope, sampleQuery({ direction: "asc", limit: 1000 }))).logs.map(({ record }) => record.id),
    segments: () => listSegments(journal).map(({ name }) => name),
    quarantined: () => (existsSync(join(journal, "quarantine")) ? readdirSync(join(journal, "quarantine")).sort() : []),
    [Symbol.dispose]() {
      database.close();
      directory[Symbol.dispose]();
    },
  };
}

function body(bytes: string | Buffer, contentEncoding: string | null = null): BodySnapshot {
  return { pieces: [Buffer.from(bytes as string)], isComplete: true, contentEncoding };
}

const record = (index: number) => sampleLog(index).record;

const idsUpTo = (count: number): string[] => Array.from({ length: count }, (_, index) => sampleId(index));

describe("ledger", () => {
  test("moves records and their bodies, coding undone and cut to size, and tells consumers", async () => {
    using room = openRoom();
    const writer = room.writer();
    const question = '{"messages":[{"content":"Where is the Nile?"}]}';
    writer.append(record(0), { request: body(gzipSync(question), "gzip"), response: body("x".repeat(5000)) });
    writer.append(record(1), { request: body("no gzip", "gzip"), response: null });
    const ledger = room.start();
    await until("both are stored", () => ledger.state().stored === 2);
    expect((await room.store.body(scope, sampleId(0), "request"))?.bytes.toString()).toBe(question);
    expect(await room.store.body(scope, sampleId(0), "response")).toMatchObject({ isComplete: false });
    expect((await room.store.body(scope, sampleId(0), "response"))?.bytes.length).toBe(1000);
    expect((await room.store.body(scope, sampleId(1), "request"))?.bytes.toString()).toBe("no gzip");
    expect((await room.store.list(scope, sampleQuery({ search: "nile" }))).logs).toHaveLength(1);
    writer.append(record(2), null);
    await until("the next is told", () => room.consumed.length === 3);
    expect(room.consumed[0]?.request?.toString()).toBe(question);
    expect(ledger.state()).toMatchObject({ queuedBytes: 0, lagMs: 0, lastError: null, quarantined: 0 });
    await ledger.stop();
  });

  test("deletes segments once they are stored and closed, goes on where it stood, and stores nothing twice", async () => {
    using room = openRoom();
    const writer = room.writer("w0", 2000);
    for (let index = 0; index < 20; index += 1) writer.append(record(index), null);
    const first = room.start();
    await until("all are stored", () => first.state().stored === 20 && room.segments().length === 1);
    await first.stop();
    writer.append(record(20), null);
    const second = room.start();
    await until("the new one is stored", () => second.state().stored === 1);
    expect(second.state().duplicates).toBe(0);
    expect(await room.ids()).toEqual(idsUpTo(21));
    await second.stop();
    expect((await room.store.checkpoints()).size).toBeLessThanOrEqual(2);
  });

  test("a stop stores what is there, in many batches", async () => {
    using room = openRoom();
    const writer = room.writer("w0", 100_000);
    for (let index = 0; index < 1500; index += 1) writer.append(record(index), null);
    const ledger = room.start();
    await ledger.stop();
    expect(ledger.state()).toMatchObject({ stored: 1500, queuedBytes: 0 });
    expect(room.consumed).toHaveLength(1500);
  });

  test("takes away the segment of a worker that is gone, after fifteen minutes without growth", async () => {
    using room = openRoom();
    room.writer().append(record(0), null);
    let passedMs = 0;
    const clock = { ...systemClock, monotonicMs: () => performance.now() + passedMs };
    const ledger = room.start({ clock });
    await until("it is stored", () => ledger.state().stored === 1);
    await Bun.sleep(250);
    expect(room.segments()).toHaveLength(1);
    passedMs = 3 * idleSegmentMs + 1000;
    await until("the segment is gone", () => room.segments().length === 0);
    await ledger.stop();
    expect(room.quarantined()).toEqual([]);
  });

  test("reads the good part of a torn segment and moves the rest aside once its worker went on", async () => {
    using room = openRoom();
    room.writer().append(record(0), null);
    const torn = listSegments(room.journal)[0];
    appendFileSync(torn?.path as string, encodeFrame(1, JSON.stringify(record(1))).subarray(0, 100));
    const ledger = room.start();
    await until("the good part is stored", () => ledger.state().stored === 1);
    await Bun.sleep(50);
    expect(ledger.state().quarantined).toBe(0);
    room.writer().append(record(2), null);
    await until("the tail is moved aside", () => ledger.state().quarantined === 1 && ledger.state().stored === 2);
    expect(room.quarantined()).toEqual([`${torn?.name}.${torn?.sizeBytes ?? 0}.torn`]);
    await ledger.stop();
    expect(await room.ids()).toEqual([sampleId(0), sampleId(2)]);
    expect(room.segments()).toHaveLength(1);
  });

  test("a damaged record goes aside alone, with damage without an end all that follows", async () => {
    using room = openRoom();
    const writer = room.writer("w0", 1);
    for (let index = 0; index < 2; index += 1) writer.append(record(index), null);
    writer.close();
    const [flipped, cut] = listSegments(room.journal);
    const frame = (index: number): Buffer => encodeFrame(1, JSON.stringify(record(index)));
    appendFileSync(
      flipped?.path as string,
      Buffer.concat([frame(10), frame(11), encodeFrame(1, "{}"), encodeFrame(9, "?"), frame(12)]),
    );
    const bytes = readFileSync(flipped?.path as string);
    const place = (flipped?.sizeBytes ?? 0) + 200;
    bytes[place] = (bytes[place] as number) ^ 1;
    writeFileSync(flipped?.path as string, bytes);
    appendFileSync(cut?.path as string, Buffer.concat([Buffer.alloc(20, 255), frame(20)]));
    writeFileSync(join(room.journal, "w7-5-00000001.hgj"), "not a segment at all");
    writeFileSync(join(room.journal, "notes.txt"), "someone's notes");
    room.writer().append(record(30), null);
    room.writer("w7").append(record(31), null);
    const ledger = room.start();
    const wanted = [0, 1, 11, 12, 30, 31].map((index) => sampleId(index));
    await until(
      "the good part is stored and the rest moved",
      () => ledger.state().stored === 6 && ledger.state().quarantined === 5,
    );
    expect(await room.ids()).toEqual(wanted);
    const names = room.quarantined().map((name) => name.replace(/\d+(?=\.bad_payload$)/, "N"));
    expect(names.sort()).toEqual(
      [
        `${flipped?.name}.${flipped?.sizeBytes}.bad_checksum`,
        `${flipped?.name}.N.bad_payload`,
        `${cut?.name}.${cut?.sizeBytes}.bad_length`,
        "w7-5-00000001.hgj.0.bad_magic",
        "notes.txt",
      ].sort(),
    );
    await until("only growing segments are left", () => room.segments().length === 2);
    await ledger.stop();
  });

  test("waits while the store is away, goes on by itself, and a consumer that throws holds up nothing", async () => {
    using room = openRoom();
    let isAway = true;
    const store: LogStore = {
      ...room.store,
      ingest: (batch, checkpoints) =>
        isAway ? Promise.reject(new LogStoreUnavailable("away")) : room.store.ingest(batch, checkpoints),
    };
    room.writer().append(record(0), null);
    const broken = { name: "broken", consume: () => Promise.reject(new Error("no")) };
    const ledger = room.start({ store, consumers: [broken] });
    await until("it knows", () => !ledger.state().isStoreAvailable);
    expect(ledger.state()).toMatchObject({ stored: 0, lastError: "away" });
    isAway = false;
    await until("it is stored", () => ledger.state().stored === 1 && ledger.state().isStoreAvailable);
    await ledger.stop();
    expect(room.events).toEqual(["log_store_away", "log_store_back", "ledger_consumer_failed_broken"]);
  });

  test("a record the store refuses goes into quarantine and the others go on", async () => {
    using room = openRoom();
    const writer = room.writer();
    writer.append(record(0), null);
    writer.append({ ...record(1), statusCode: 200.5 }, null);
    writer.append(record(2), null);
    const ledger = room.start();
    await until("the others are stored", () => ledger.state().stored === 2);
    await ledger.stop();
    expect(room.quarantined()).toEqual([`${sampleId(1)}.refused.json`]);
    expect(await room.ids()).toEqual([sampleId(0), sampleId(2)]);
  });

  test("keeps its retention, and rows that no longer fit are counted", async () => {
    const nowMs = systemClock.nowMs();
    using room = openRoom({ ...noRetention, maxRows: 10, whenFull: "delete", bodyMaxAgeMs: 60_000 });
    const writer = room.writer();
    const old = { request: body("old"), response: null };
    for (let index = 0; index < 30; index += 1) writer.append(record(index), old);
    writer.append(sampleRecord({ id: Bun.randomUUIDv7(), createdAtMs: nowMs }), old);
    const ledger = room.start({ retentionEveryMs: 20 });
    await until(
      "the oldest are gone",
      () => ledger.state().prunedRows === 21 && ledger.state().prunedBodies === 9,
      4000,
    );
    await ledger.stop();
    expect(await room.store.statistics()).toMatchObject([{ rows: 10, bodies: 1 }]);

    using full = openRoom({ ...noRetention, maxRows: 10, whenFull: "stop" });
    const stopped = full.writer();
    for (let index = 0; index < 30; index += 1) stopped.append(record(index), null);
    const second = full.start();
    await second.stop();
    expect(second.state()).toMatchObject({ stored: 10, refused: 20 });
    expect(full.consumed).toHaveLength(30);
  });

  test("tells of segments that were deleted unread, and of a journal that vanished", async () => {
    using room = openRoom();
    room.writer().append(record(0), null);
    const ledger = room.start({ lingerMs: 1 });
    await until("it is stored", () => ledger.state().stored === 1);
    const [segment] = listSegments(room.journal);
    appendFileSync(segment?.path as string, Buffer.alloc(5));
    await Bun.sleep(250);
    rmSync(room.journal, { recursive: true });
    await until("it is told", () => ledger.state().lostSegments === 1);
    room.writer("w1").append(record(5), null);
    await until("it goes on", () => ledger.state().stored === 2);
    await ledger.stop();
  });
});
