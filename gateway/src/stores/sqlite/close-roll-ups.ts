import type { Database } from "bun:sqlite";
import { joinedSketches, type SketchRow } from "./roll-up-cells.ts";
import {
  addHourToAttributeDays,
  addToSketches,
  ALL_GATEWAYS,
  closeFamilies,
  closeTier,
  type CoarseTier,
  counterTable,
  type Grain,
  type RollUpTier,
  sketchTable,
  stepOf,
  tierWidthMs,
} from "./roll-up-tables.ts";

/** How long after its end an hour is closed by the records' clock; records that come later are added to it one by one. */
const LAG_MS = 10 * 60_000;

/** Steps closed at once, so that no batch waits for long after a pause. */
const MOST_STEPS = 50;

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
 * Makes hours out of minutes and days out of hours that are over by the newest record, a few at a time. Doing it once costs a
 * fraction of keeping all tiers up to date with every batch.
 * @param timesMs earliest and newest time of the batch at hand, Unix milliseconds.
 */
export function closeRollUps(database: Database, { firstMs, lastMs }: { firstMs: number; lastMs: number }): void {
  const tiers = readTiers(database);
  const from = tiers.hours.complete_until ?? stepOf("hours", firstMs);
  const hours = closeSteps(database, "hours", { from, until: stepOf("hours", lastMs - LAG_MS) });
  setCompleteUntil(database, "hours", hours);
  const hoursADay = tierWidthMs.days / tierWidthMs.hours;
  // Hours before the first that was ever closed get their records one by one, so the day they are in is whole as well.
  const firstDay = tiers.days.complete_until ?? Math.floor(from / hoursADay);
  const days = closeSteps(database, "days", { from: firstDay, until: Math.floor(hours / hoursADay) });
  setCompleteUntil(database, "days", days);
}

/** Closes steps from `from` to before `until`, passing over those in which nothing was; answers where it ended. */
function closeSteps(database: Database, tier: CoarseTier, { from, until }: { from: number; until: number }): number {
  let at = from;
  for (let closed = 0; at < until; closed++, at++) {
    at = Math.max(at, nextStep(database, tier, at));
    if (at >= until) break;
    if (closed === MOST_STEPS) return at;
    closeStep(database, tier, at);
  }
  return Math.max(from, Math.min(at, until));
}

/** First step at or after `at` in which anything was; Infinity when there is none. */
function nextStep(database: Database, tier: CoarseTier, at: number): number {
  const { finer, factor } = finerTier(tier);
  const row = database
    .query(`SELECT min(at) AS at FROM ${counterTable("series", finer)} WHERE at >= ?`)
    .get(at * factor);
  const next = (row as { at: number | null }).at;
  return next === null ? Number.POSITIVE_INFINITY : Math.floor(next / factor);
}

function finerTier(tier: CoarseTier): { readonly finer: RollUpTier; readonly factor: number } {
  const finer: RollUpTier = tier === "hours" ? "minutes" : "hours";
  return { finer, factor: tierWidthMs[tier] / tierWidthMs[finer] };
}

function setCompleteUntil(database: Database, tier: CoarseTier, step: number): void {
  database
    .query("UPDATE roll_up_tiers SET complete_until = ? WHERE tier = ? AND complete_until IS NOT ?")
    .run(step, tier, step);
}

function closeStep(database: Database, tier: CoarseTier, at: number): void {
  const { finer, factor } = finerTier(tier);
  const range = [at * factor, (at + 1) * factor] as const;
  database.query(closeTier(tier, finer)).run(at, ...range);
  database.query(closeFamilies(tier)).run(at);
  const rows = database
    .query(
      `SELECT series, family, duration, first_byte, users FROM ${sketchTable("series", finer)} JOIN roll_up_series USING (series)
      WHERE at >= ? AND at < ?`,
    )
    .all(...range) as (SketchRow & Readonly<Record<Grain, number>>)[];
  for (const grain of ["series", "family"] as const) {
    const add = database.query(addToSketches(grain, tier));
    for (const [number, sketches] of Map.groupBy(rows, (row) => row[grain])) {
      add.get(at, number, ...joinedSketches(sketches));
    }
  }
  if (tier === "hours") addAttributesToDay(database, at);
}

/** Hour by hour, since a whole day of values would hold up the batch that closes it. */
function addAttributesToDay(database: Database, hour: number): void {
  const day = Math.floor(hour / (tierWidthMs.days / tierWidthMs.hours));
  const add = database.query(addHourToAttributeDays);
  for (const gateway of [null, ALL_GATEWAYS]) add.run(gateway, day, hour);
}
