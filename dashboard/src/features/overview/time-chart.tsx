import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatAxisTime, formatTime } from "../../lib/format.ts";
import { type ThemeColors, useThemeColors } from "./theme-colors.ts";

/** A line of a chart. */
export interface ChartLine {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly color: keyof ThemeColors;
  /** True for what was before. */
  readonly isBefore?: boolean;
}

interface TimeChartProps {
  readonly title: string;
  readonly timesMs: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly format: (value: number | null) => string;
  /** Whether the last step goes on: it is dashed then, as what it counts is not all there yet. */
  readonly isLastOpen: boolean;
  /** Called with the index of the step that was clicked. */
  readonly onPick: (index: number) => void;
}

const heightPx = 180;

/** Lines over time on a canvas; a click picks a step. The same figures stand in the table below it, for whoever sees no canvas. */
export function TimeChart({ title, timesMs, lines, format, isLastOpen, onPick }: TimeChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  const colors = useThemeColors();
  const [isTableOpen, setTableOpen] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const open = isLastOpen && timesMs.length > 2 ? openEnds(lines) : [];
    const options = chartOptions({ lines, open, colors, format, timesMs });
    const drawn = lines.map((line) => (open.includes(line) ? [...line.values.slice(0, -1), null] : line.values));
    const ends = open.map(({ values }) => values.map((value, index) => (index < values.length - 2 ? null : value)));
    const data = [timesMs.map((ms) => ms / 1000), ...drawn, ...ends] as uPlot.AlignedData;
    const chart = new uPlot({ ...options, width: element.clientWidth, height: heightPx }, data, element);
    const click = (): void => {
      if (typeof chart.cursor.idx === "number") pick.current(chart.cursor.idx);
    };
    chart.over.addEventListener("click", click);
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: heightPx }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [timesMs, lines, colors, format, isLastOpen]);
  return (
    <section aria-label={title} className="min-w-0 rounded border border-line bg-panel p-3">
      <h2 className="mb-1 font-medium">{title}</h2>
      <div ref={place} role="img" aria-label={`${title} over time; the table below has the same figures`} />
      {/* Hundreds of rows that nobody looks at would keep the page from standing. */}
      <details className="mt-1 text-soft" onToggle={(event) => setTableOpen(event.currentTarget.open)}>
        <summary className="cursor-pointer text-xs">As a table</summary>
        {isTableOpen ? <ChartTable timesMs={timesMs} lines={lines} format={format} onPick={onPick} /> : null}
      </details>
    </section>
  );
}

/** The lines whose last step goes on: those of now. */
function openEnds(lines: readonly ChartLine[]): readonly ChartLine[] {
  return lines.filter(({ isBefore = false }) => !isBefore);
}

function ChartTable({ timesMs, lines, format, onPick }: Omit<TimeChartProps, "title" | "isLastOpen">) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached by keyboard
    <div role="region" aria-label="Figures" tabIndex={0} className="max-h-60 overflow-auto">
      <table className="w-full text-left text-xs tabular-nums">
        <thead>
          <tr>
            <th scope="col" className="pr-3 font-medium">
              From
            </th>
            {lines.map(({ label }) => (
              <th key={label} scope="col" className="pr-3 text-right font-medium">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {timesMs.map((ms, index) => (
            <tr key={ms}>
              <th scope="row" className="pr-3 font-normal whitespace-nowrap">
                <button type="button" className="text-accent hover:underline" onClick={() => onPick(index)}>
                  {formatTime(ms)}
                </button>
              </th>
              {lines.map(({ label, values }) => (
                <td key={label} className="pr-3 text-right">
                  {format(values[index] ?? null)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ChartParts extends Pick<TimeChartProps, "lines" | "format" | "timesMs"> {
  /** Lines whose last step is drawn by itself. */
  readonly open: readonly ChartLine[];
  readonly colors: ThemeColors;
}

function chartOptions({ lines, open, colors, format, timesMs }: ChartParts): Omit<uPlot.Options, "width" | "height"> {
  const spanMs = (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0);
  const axis = {
    stroke: colors.soft,
    grid: { stroke: colors.line, width: 1 },
    ticks: { stroke: colors.line, width: 1 },
    font: "11px system-ui",
  };
  return {
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    legend: { live: true },
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        values: (_, splits) => splits.map((seconds) => formatAxisTime(seconds * 1000, spanMs)),
        space: 70,
        size: 32,
      },
      { ...axis, size: 62, values: (_, splits) => splits.map((value) => format(value)) },
    ],
    series: [
      { label: "Time", value: (_, seconds) => (seconds === null ? "" : formatTime(seconds * 1000)) },
      ...lines.map(({ label, color, values, isBefore = false }) => ({
        label,
        stroke: colors[color],
        width: isBefore ? 1 : 1.5,
        ...(isBefore ? { dash: [4, 4] } : {}),
        points: { show: timesMs.length < 3 },
        // What is drawn of a line has no end when that is drawn by itself.
        value: ({ cursor }: uPlot) => format(typeof cursor.idx === "number" ? (values[cursor.idx] ?? null) : null),
      })),
      ...open.map(({ color }) => ({
        class: "u-open",
        stroke: colors[color],
        width: 1.5,
        dash: [2, 4],
        points: { show: false },
      })),
    ],
    hooks: {
      setSeries: [
        (chart, index, { show }) => {
          const end = index === null ? -1 : open.indexOf(lines[index - 1] as ChartLine);
          if (end >= 0 && show !== undefined) chart.setSeries(1 + lines.length + end, { show });
        },
      ],
    },
  };
}
