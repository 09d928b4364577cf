import type { Database } from "bun:sqlite";
import { appendSketches, joinedSketches, type SketchRow } from "./roll-up-cells.ts";
import {
  addHourToAttributeDays,
  addHourToDays,
  ALL_GATEWAYS,
  type CoarseTier,
  counterTable,
  type Grain,
  makeFamilyHours,
  makeHours,
  type RollUpTier,
  sketchTable,
  stepOf,
  tierWidthMs,
} from "./roll-up-tables.ts";

/** How long after its end an hour is closed by the records' clock; records that come later are added to it one by one. */
const LAG_MS = 10 * 60_000;

/** Hours closed at once, so that no batch waits for long after a pause. */
const MOST_HOURS = 50;

interface TierRow {
  readonly tier: RollUpTier;
  readonly kept_from: number;
  readonly complete_until: number | null;
}

/** From where and up to where each tier holds everything, in steps. */
export function readTiers(database: Database): Readonly<Record<RollUpTier, Omit<TierRow, "tier">>> {
  const rows = database.query("SELECT tier, kept_from, complete_until FROM roll_up_tiers").all() as TierRow[];
  return Object.fromEntries(rows.map(({ tier, ...row }) => [tier, row])) as Record<RollUpTier, Omit<TierRow, "tier">>;
}

/**
 * Makes hours out of the minutes of hours that are over by the newest record, a few at a time, and adds each to its day. Doing it
 * once costs a fraction of keeping all tiers up to date with every batch; doing days hour by hour holds up no batch for long.
 * `firstMs` and `lastMs` are the earliest and the newest time of the batch at hand, Unix milliseconds.
 */
export function closeRollUps(database: Database, { firstMs, lastMs }: { firstMs: number; lastMs: number }): void {
  const from = readTiers(database).hours.complete_until ?? stepOf("hours", firstMs);
  const hours = closeHours(database, { from, until: stepOf("hours", lastMs - LAG_MS) });
  // Hours before the first that was closed get their records one by one, so the day they are in is whole as well.
  setCompleteUntil(database, "hours", hours);
  setCompleteUntil(database, "days", dayOf(hours));
}

/** Closes hours from `from` to before `until`, passing over those in which nothing was; answers where it ended. */
function closeHours(database: Database, { from, until }: { from: number; until: number }): number {
  let at = from;
  for (let closed = 0; at < until; closed++, at++) {
    at = Math.max(at, nextHour(database, at));
    if (at >= until) break;
    if (closed === MOST_HOURS) return at;
    closeHour(database, at);
  }
  return Math.max(from, Math.min(at, until));
}

const minutesAnHour = tierWidthMs.hours / tierWidthMs.minutes;

/** First hour at or after `at` in which anything was; Infinity when there is none. */
function nextHour(database: Database, at: number): number {
  const row = database
    .query(`SELECT min(at) AS at FROM ${counterTable("series", "minutes")} WHERE at >= ?`)
    .get(at * minutesAnHour);
  const next = (row as { at: number | null }).at;
  return next === null ? Number.POSITIVE_INFINITY : Math.floor(next / minutesAnHour);
}

function dayOf(hour: number): number {
  return Math.floor(hour / (tierWidthMs.days / tierWidthMs.hours));
}

function setCompleteUntil(database: Database, tier: CoarseTier, step: number): void {
  database
    .query("UPDATE roll_up_tiers SET complete_until = ? WHERE tier = ? AND complete_until IS NOT ?")
    .run(step, tier, step);
}

function closeHour(database: Database, at: number): void {
  const minutes = [at * minutesAnHour, (at + 1) * minutesAnHour] as const;
  database.query(makeHours).run(at, ...minutes);
  database.query(makeFamilyHours).run(at);
  const rows = database
    .query(
      `SELECT series, family, duration, first_byte, users FROM ${sketchTable("series", "minutes")}
      JOIN roll_up_series USING (series) WHERE at >= ? AND at < ?`,
    )
    .all(...minutes) as (SketchRow & Readonly<Record<Grain, number>>)[];
  for (const grain of ["series", "family"] as const) {
    database.query(addHourToDays(grain)).run(dayOf(at), at);
    for (const [number, ofNumber] of Map.groupBy(rows, (row) => row[grain])) {
      const sketches = joinedSketches(ofNumber);
      appendSketches(database, { grain, tier: "hours", at, number }, sketches);
      appendSketches(database, { grain, tier: "days", at: dayOf(at), number }, sketches);
    }
  }
  const addAttributes = database.query(addHourToAttributeDays);
  for (const gateway of [null, ALL_GATEWAYS]) addAttributes.run(gateway, dayOf(at), at);
}
