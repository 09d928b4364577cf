import { filteredDimensions } from "../../analytics/filter.ts";
import { isSeriesDimension } from "../../analytics/series.ts";
import type { AnalyticsStore } from "../ports/analytics-store.ts";
import { readTiers } from "./close-roll-ups.ts";
import type { SqliteDatabase } from "./open-database.ts";
import type { ReadableTier } from "./plan-spans.ts";
import { coveringAttribute, readAttributeRollUps } from "./read-attribute-roll-ups.ts";
import { readLogRows, type RowLimits } from "./read-log-rows.ts";
import { readSeriesRollUps } from "./read-series-roll-ups.ts";

/** Time that reading log rows may take when nothing else is said. */
const defaultLimits: RowLimits = { longestMs: 10_000, monotonicMs: () => performance.now() };

/** Analytics out of the embedded database: from roll-ups where they hold the answer, else from log rows. */
export function openSqliteAnalyticsStore(
  { reader }: Pick<SqliteDatabase, "reader">,
  limits: RowLimits = defaultLimits,
): AnalyticsStore {
  return {
    async totals(question) {
      const dimensions = [...question.dimensions, ...filteredDimensions(question.filter)];
      const { minutes, hours, days } = readTiers(reader);
      const dayTier: ReadableTier = { tier: "days", keptFrom: days.kept_from, completeUntil: days.complete_until ?? 0 };
      const hourTier = { tier: "hours", keptFrom: hours.kept_from } as const;
      if (dimensions.every(isSeriesDimension)) {
        const tiers: ReadableTier[] = [
          { tier: "minutes", keptFrom: minutes.kept_from, completeUntil: Number.POSITIVE_INFINITY },
          { ...hourTier, completeUntil: hours.complete_until ?? 0 },
          dayTier,
        ];
        return await readSeriesRollUps(reader, tiers, question);
      }
      const attribute = coveringAttribute(reader, question);
      if (attribute === null) return await readLogRows(reader, limits, question);
      const tiers: ReadableTier[] = [{ ...hourTier, completeUntil: Number.POSITIVE_INFINITY }, dayTier];
      return await readAttributeRollUps(reader, { tiers, attribute }, question);
    },
  };
}
