import { counterNames } from "../../analytics/counters.ts";

/** Widths of roll-ups, finest first; `at` counts them since the Unix epoch. */
export type RollUpTier = "minutes" | "hours" | "days";

/** Tiers that are made of a finer one once a step is over. */
export type CoarseTier = Exclude<RollUpTier, "minutes">;

/** Milliseconds of one step of a tier. */
export const tierWidthMs: Readonly<Record<RollUpTier, number>> = {
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
};

/** Roll-ups end here, in the year 2106. */
const lastMs = 2 ** 32 * 1000;

/** Step of a tier that holds a time in Unix milliseconds; times before 1970 and after 2106 count in the first and the last one. */
export function stepOf(tier: RollUpTier, timeMs: number): number {
  return Math.floor((timeMs > 0 ? Math.min(timeMs, lastMs) : 0) / tierWidthMs[tier]);
}

/** What a row counts: one series, or all series of one model at one gateway. Minutes are kept by series only. */
export type Grain = "series" | "family";

/** Table that holds the counters of a tier. */
export function counterTable(grain: Grain, tier: RollUpTier): string {
  return `roll_up_${grain}_${tier}`;
}

/** Table that holds the sketches of a tier. */
export function sketchTable(grain: Grain, tier: RollUpTier): string {
  return tier === "minutes" ? counterTable(grain, tier) : `roll_up_${grain}_sketch_${tier}`;
}

const sketchColumns = ["duration", "first_byte", "users"];
const sumCounters = counterNames.map((name) => `sum(${name})`).join(", ");
const addCounters = counterNames.map((name) => `${name} = ${name} + excluded.${name}`);
const appendSketches = sketchColumns.map((name) => `${name} = CAST(${name} || excluded.${name} AS BLOB)`);
const tellLengths = "RETURNING max(length(duration), length(first_byte)) AS times, length(users) AS users";

/** Adds to one row of the finest tier and answers how long its sketches are now; parameters: at, series, counters, sketches. */
export const addToMinutes = upsert(counterTable("series", "minutes"), {
  keys: ["at", "series"],
  values: [...counterNames, ...sketchColumns],
  change: [...addCounters, ...appendSketches],
}).concat(` ${tellLengths}`);

/** Adds counters to one row; parameters: at, series or family, counters. */
export function addToTier(grain: Grain, tier: CoarseTier): string {
  return upsert(counterTable(grain, tier), { keys: ["at", grain], values: counterNames, change: addCounters });
}

/** Appends to the sketches of one row and answers how long they are now; parameters: at, series or family, sketches. */
export function addToSketches(grain: Grain, tier: CoarseTier): string {
  const statement = { keys: ["at", grain], values: sketchColumns, change: appendSketches };
  return `${upsert(sketchTable(grain, tier), statement)} ${tellLengths}`;
}

/** Adds counters to one row; parameters: attribute, gateway, at, value, counters. */
export function addToAttributes(tier: CoarseTier): string {
  const keys = ["attribute", "gateway", "at", "value"];
  return upsert(`roll_up_attribute_${tier}`, { keys, values: counterNames, change: addCounters });
}

interface Upsert {
  readonly keys: readonly string[];
  readonly values: readonly string[];
  readonly change: readonly string[];
}

function upsert(table: string, { keys, values, change }: Upsert): string {
  const columns = [...keys, ...values];
  const places = columns.map(() => "?").join(", ");
  return `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places}) ON CONFLICT DO UPDATE SET ${change.join(", ")}`;
}

const columns = counterNames.join(", ");

/** Makes the series rows of one hour out of its minutes; parameters: the hour, its first minute, the first minute after it. */
export const makeHours = `INSERT INTO ${counterTable("series", "hours")} (at, series, ${columns})
  SELECT ?, series, ${sumCounters} FROM ${counterTable("series", "minutes")} WHERE at >= ? AND at < ? GROUP BY series`;

/** Makes the family rows of one hour out of its series; parameter: the hour. */
export const makeFamilyHours = `INSERT INTO ${counterTable("family", "hours")} (at, family, ${columns})
  SELECT at, family, ${sumCounters} FROM ${counterTable("series", "hours")} JOIN roll_up_series USING (series)
  WHERE at = ? GROUP BY family`;

/** Adds the rows of one hour to those of its day; parameters: the day, the hour. */
export function addHourToDays(grain: Grain): string {
  return `INSERT INTO ${counterTable(grain, "days")} (at, ${grain}, ${columns})
    SELECT ?, ${grain}, ${columns} FROM ${counterTable(grain, "hours")} WHERE at = ?
    ON CONFLICT DO UPDATE SET ${addCounters.join(", ")}`;
}

/** Number that stands for all gateways of an account together, in attribute days. */
export const ALL_GATEWAYS = 0;

/**
 * Adds the attribute rows of one hour to those of its day; parameters: gateway to add them to or null for each its own, the day,
 * the hour.
 */
export const addHourToAttributeDays = `INSERT INTO roll_up_attribute_days (attribute, gateway, at, value, ${columns})
  SELECT attribute, coalesce(?, gateway), ?, value, ${columns} FROM roll_up_attribute_hours
  WHERE attribute IN (SELECT attribute FROM roll_up_attributes) AND gateway IN (SELECT gateway FROM roll_up_gateways)
    AND at = ?
  ON CONFLICT DO UPDATE SET ${addCounters.join(", ")}`;
