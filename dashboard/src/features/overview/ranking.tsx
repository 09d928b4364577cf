import { Link } from "@tanstack/react-router";
import { formatCount, formatDuration, formatShare, formatShort, formatUsd } from "../../lib/format.ts";
import type { LogsSearch } from "../logs/logs-search.ts";
import { type Figures, numberOf } from "./figures.ts";

interface RankingProps {
  readonly title: string;
  readonly rows: readonly Figures[];
  readonly nameOf: (row: Figures) => string;
  /** The logs that a row counts. */
  readonly logsOf: (row: Figures) => LogsSearch;
}

/** Who made the figures, the busiest first; each leads to its logs. */
export function Ranking({ title, rows, nameOf, logsOf }: RankingProps) {
  const most = Math.max(1, ...rows.map((row) => numberOf(row["requests"]) ?? 0));
  return (
    <section aria-label={title} className="min-w-0 rounded border border-line bg-panel">
      <h2 className="px-3 pt-3 font-medium">{title}</h2>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached by keyboard */}
      <div role="region" aria-label={`${title}, figures`} tabIndex={0} className="max-h-96 overflow-auto p-3 pt-1">
        <table className="w-full tabular-nums">
          <thead className="text-xs text-soft">
            <tr>
              {["Name", "Requests", "Cost", "Tokens", "Errors", "95 %"].map((name) => (
                <th key={name} scope="col" className="py-1 pr-3 text-right font-medium first:text-left last:pr-0">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={nameOf(row)} className="border-t border-line">
                <th scope="row" className="min-w-36 py-1 pr-3 text-left font-normal">
                  <Link to="/ui/logs" search={logsOf(row)} className="block hover:text-accent">
                    <bdi className="[overflow-wrap:anywhere]">{nameOf(row)}</bdi>
                    <span aria-hidden className="mt-0.5 block h-1 rounded bg-hover">
                      <span
                        className="block h-1 rounded bg-accent"
                        style={{ width: `${((numberOf(row["requests"]) ?? 0) / most) * 100}%` }}
                      />
                    </span>
                  </Link>
                </th>
                <td className="pr-3 text-right">{formatCount(numberOf(row["requests"]))}</td>
                <td className="pr-3 text-right">{formatUsd(numberOf(row["cost"]))}</td>
                <td className="pr-3 text-right">
                  {formatShort((numberOf(row["tokens_in"]) ?? 0) + (numberOf(row["tokens_out"]) ?? 0))}
                </td>
                <td className="pr-3 text-right">{formatShare(numberOf(row["error_share"]))}</td>
                <td className="text-right whitespace-nowrap">{formatDuration(numberOf(row["duration_p95_ms"]))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
