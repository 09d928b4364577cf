import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatCount, formatDuration, formatShare, formatShort, formatUsd } from "../../lib/format.ts";
import type { LogsSearch } from "../logs/logs-search.ts";
import { changeOf, type Figures, numberOf } from "./figures.ts";

interface CardsProps {
  readonly totals: Figures;
  /** Those of the range before; null when nothing is compared. */
  readonly before: Figures | null;
  /** Where the logs behind a card are; null when they are not of one gateway. */
  readonly logs: LogsSearch;
}

interface Card {
  readonly label: string;
  readonly measure: string;
  readonly format: (value: number | null) => string;
  /** Beside the figure. */
  readonly note?: (totals: Figures) => string;
  /** What of the logs the card is about. */
  readonly search?: LogsSearch;
  /** Whether more of it is worse. */
  readonly isMoreWorse?: true;
}

const failed: LogsSearch = { filters: [{ key: "success", operator: "eq", value: [false] }] };
const cached: LogsSearch = { filters: [{ key: "cached", operator: "eq", value: [true] }] };

const cards: readonly Card[] = [
  { label: "Requests", measure: "requests", format: formatCount, search: {} },
  { label: "Users", measure: "unique_users", format: formatCount },
  {
    label: "Cost",
    measure: "cost",
    format: formatUsd,
    note: (totals) => `${formatUsd(numberOf(totals["saved_cost"]))} saved by the cache`,
    search: { order: "cost" },
    isMoreWorse: true,
  },
  {
    label: "Tokens in",
    measure: "tokens_in",
    format: formatShort,
    note: (totals) => `${formatShort(numberOf(totals["tokens_out"]))} out`,
  },
  { label: "From the cache", measure: "cached_share", format: formatShare, search: cached },
  {
    label: "Errors",
    measure: "errors",
    format: formatCount,
    note: (totals) => `${formatShare(numberOf(totals["error_share"]))} of all`,
    search: failed,
    isMoreWorse: true,
  },
  {
    label: "Duration, 95 %",
    measure: "duration_p95_ms",
    format: formatDuration,
    note: (totals) => `half within ${formatDuration(numberOf(totals["duration_p50_ms"]))}`,
    search: { order: "duration" },
    isMoreWorse: true,
  },
  {
    label: "First byte, 95 %",
    measure: "time_to_first_byte_p95_ms",
    format: formatDuration,
    note: (totals) => `half within ${formatDuration(numberOf(totals["time_to_first_byte_p50_ms"]))}`,
    isMoreWorse: true,
  },
];

/** The figures of a range as a whole; those with logs behind them lead there. */
export function Cards({ totals, before, logs }: CardsProps) {
  return (
    <ul aria-label="Figures" className="mb-4 grid grid-cols-2 gap-3 md:grid-cols-4">
      {cards.map(({ label, measure, format, note, search, isMoreWorse = false }) => (
        <li key={label} className="min-w-0 rounded border border-line bg-panel p-3">
          <p className="text-xs text-soft">
            {search === undefined ? (
              label
            ) : (
              <Link to="/ui/logs" search={{ ...logs, ...search }} className="hover:text-accent hover:underline">
                {label}
              </Link>
            )}
          </p>
          <p className="truncate text-lg font-semibold tabular-nums">{format(numberOf(totals[measure]))}</p>
          {before === null ? null : (
            <p className="truncate text-xs text-soft">
              <Change
                change={changeOf(numberOf(totals[measure]), numberOf(before[measure]))}
                isMoreWorse={isMoreWorse}
              />
            </p>
          )}
          {note === undefined ? null : <p className="text-xs text-soft">{note(totals)}</p>}
        </li>
      ))}
    </ul>
  );
}

function Change({ change, isMoreWorse }: { readonly change: number | null; readonly isMoreWorse: boolean }): ReactNode {
  if (change === null) return "nothing before";
  const isGood = isMoreWorse ? change < 0 : change > 0;
  const look = Math.abs(change) < 0.005 ? "" : isGood ? "text-good" : "text-bad";
  const text = change >= 10 ? `× ${formatCount(change + 1)}` : `${change > 0 ? "+" : ""}${formatShare(change)}`;
  return (
    <>
      <span className={look}>{text}</span> than before
    </>
  );
}
