import type { Database } from "bun:sqlite";
import { readTiers } from "./close-roll-ups.ts";
import {
  ALL_GATEWAYS,
  type CoarseTier,
  counterTable,
  type RollUpTier,
  sketchTable,
  tierWidthMs,
} from "./roll-up-tables.ts";

/** How many days each width of roll-ups is kept. */
export interface RollUpRetention {
  readonly minuteDays: number;
  readonly hourDays: number;
  readonly dayDays: number;
}

/** Rows removed in one transaction: some milliseconds. */
const STEP_ROWS = 2000;

/**
 * One short step of removing roll-ups that are too old; tells how many rows went, 0 when there is nothing left to do. Minutes
 * and hours stay until the wider tier has taken them over.
 */
export function pruneRollUps(database: Database, retention: RollUpRetention, nowMs: number): number {
  return database
    .transaction((): number => {
      const { hours, days } = readTiers(database);
      const today = Math.floor(nowMs / tierWidthMs.days);
      const hoursUntil = Math.floor(((hours.complete_until ?? 0) * tierWidthMs.hours) / tierWidthMs.days);
      const daysUntil = days.complete_until ?? 0;
      const minutesFrom = Math.min(today - retention.minuteDays, hoursUntil);
      const hoursFrom = Math.min(today - retention.hourDays, daysUntil);
      const daysFrom = today - retention.dayDays;
      return (
        pruneTier(database, ["roll_up_series_minutes"], { tier: "minutes", day: minutesFrom }) +
        pruneTier(database, tablesOf("hours"), {
          tier: "hours",
          day: hoursFrom,
        }) +
        pruneTier(database, tablesOf("days"), {
          tier: "days",
          day: daysFrom,
        })
      );
    })
    .immediate();
}

function tablesOf(tier: CoarseTier): string[] {
  const ofGrains = (["series", "family"] as const).flatMap((grain) => [
    counterTable(grain, tier),
    sketchTable(grain, tier),
  ]);
  return [...ofGrains, `roll_up_attribute_${tier}`];
}

/** Removes what lies before a day. Tiers are cut at days, so that a wider tier goes on exactly where a finer one ends. */
function pruneTier(
  database: Database,
  tables: readonly string[],
  { tier, day }: { readonly tier: RollUpTier; readonly day: number },
): number {
  const keptFrom = (day * tierWidthMs.days) / tierWidthMs[tier];
  database.query("UPDATE roll_up_tiers SET kept_from = max(kept_from, ?) WHERE tier = ?").run(keptFrom, tier);
  return tables.reduce((removed, table) => removed + removeBefore(database, table, keptFrom), 0);
}

/** Names all values of the key's first columns, so that the rest of the key can be sought. */
const ofAnyAttribute = `attribute IN (SELECT attribute FROM roll_up_attributes)
  AND gateway IN (SELECT gateway FROM roll_up_gateways UNION ALL SELECT ${ALL_GATEWAYS}) AND`;

function removeBefore(database: Database, table: string, at: number): number {
  const isOfAttributes = table.includes("attribute");
  const grain = table.includes("family") ? "family" : "series";
  const keys = isOfAttributes ? "attribute, gateway, at, value" : `at, ${grain}`;
  const among = isOfAttributes ? ofAnyAttribute : "";
  return database
    .query(
      `DELETE FROM ${table} WHERE (${keys}) IN (SELECT ${keys} FROM ${table} WHERE ${among} at < ? LIMIT ${STEP_ROWS})`,
    )
    .run(at).changes;
}
