import type { Database } from "bun:sqlite";
import { countersOf } from "../../analytics/counters.ts";
import { distinctEntry } from "../../analytics/distinct-counter.ts";
import { latencyBucket } from "../../analytics/latency-sketch.ts";
import type { ExchangeRecord } from "../../core/exchange.ts";
import { closeRollUps, readTiers } from "./close-roll-ups.ts";
import { type CountedExchange, rollUpAttributes } from "./roll-up-attributes.ts";
import { addCell, coarserCells, type RollUpCell, writeCoarse, writeMinutes } from "./roll-up-cells.ts";
import { familyNumbers, seriesNumbers } from "./roll-up-series.ts";
import { stepOf, tierWidthMs } from "./roll-up-tables.ts";

/**
 * Adds records to the roll-ups. To be called inside the transaction that stores their rows, with each record once: what is
 * given twice counts twice. Records that are not kept as logs belong to it too. A batch is added up in memory first, so its
 * cost falls with the number of records that share a series.
 * @param nowMs wall clock; hours and days after it are not closed, whatever the records say.
 */
export function applyRollUps(database: Database, records: readonly ExchangeRecord[], nowMs = Date.now()): void {
  if (records.length === 0) return;
  const counted = records.map((record) => ({ record, counters: countersOf(record) }));
  const minutes = minuteCells(database, counted);
  writeMinutes(database, minutes.values());
  const hoursCompleteUntil = readTiers(database).hours.complete_until;
  writeLateCells(database, minutes.values(), hoursCompleteUntil);
  rollUpAttributes(database, counted, hoursCompleteUntil);
  const times = records.map(({ createdAtMs }) => createdAtMs);
  closeRollUps(database, { firstMs: Math.min(...times), lastMs: Math.min(Math.max(...times), nowMs) });
}

/** Hours that were closed, and their days, get what comes late at once. */
function writeLateCells(database: Database, minutes: Iterable<RollUpCell>, hoursCompleteUntil: number | null): void {
  if (hoursCompleteUntil === null) return;
  const late = [...minutes].filter(({ at }) => at < hoursCompleteUntil * (tierWidthMs.hours / tierWidthMs.minutes));
  if (late.length === 0) return;
  for (const tier of ["hours", "days"] as const) {
    const ofSeries = coarserCells(late, tierWidthMs[tier] / tierWidthMs.minutes, (series) => series);
    writeCoarse(database, { grain: "series", tier }, ofSeries.values());
    const ofFamilies = coarserCells(ofSeries.values(), 1, familyNumbers(database));
    writeCoarse(database, { grain: "family", tier }, ofFamilies.values());
  }
}

function minuteCells(database: Database, records: readonly CountedExchange[]): Map<number, RollUpCell> {
  const cells = new Map<number, RollUpCell>();
  const seriesNumber = seriesNumbers(database);
  const entries = new Map<string, number>();
  for (const { record, counters } of records) {
    addCell(cells, {
      at: stepOf("minutes", record.createdAtMs),
      number: seriesNumber(record),
      counters: [...counters],
      durations: [latencyBucket(record.durationMs)],
      firstBytes: record.timeToFirstByteMs === null ? [] : [latencyBucket(record.timeToFirstByteMs)],
      users: userEntries(record, entries),
    });
  }
  return cells;
}

/** Users are told apart within an account: the same name in two accounts is two users. */
function userEntries({ accountId, userKey }: ExchangeRecord, entries: Map<string, number>): number[] {
  if (userKey === null) return [];
  const user = `${accountId}\n${userKey}`;
  let entry = entries.get(user);
  if (entry === undefined) {
    entry = distinctEntry(user);
    entries.set(user, entry);
  }
  return [entry];
}
