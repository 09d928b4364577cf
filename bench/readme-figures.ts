const START = "<!-- figures -->";
const END = "<!-- /figures -->";

/** Columns of the README's table, and where in the report each is. */
const columns: readonly (readonly [title: string, workload: string, column: string])[] = [
  ["CPU per JSON request", "json", "CPU µs per request"],
  ["requests/s on one core", "json", "requests/s"],
  ["delay at 300/s, p50", "json", "300/s p50 ms"],
  ["CPU per streamed chunk", "stream", "CPU µs per chunk"],
  ["memory, 1,000 open streams", "memory", "worker RSS MB"],
];
const units: Readonly<Record<string, string>> = {
  "CPU µs per request": " µs",
  "CPU µs per chunk": " µs",
  "requests/s": "",
  "300/s p50 ms": " ms",
  "worker RSS MB": " MB",
};
const gateways = ["**Headgate**", "nginx `proxy_pass`", "Portkey's gateway"] as const;

/**
 * The README with its table of figures as the report has them: medians, when and on what they were measured.
 * @throws Error when the README has no place for it, or the report lacks a figure.
 */
export function withReadmeFigures(readme: string, report: string): string {
  const [before, rest] = [readme.split(START)[0], readme.split(END)[1]];
  if (before === undefined || rest === undefined) throw new Error(`README.md has no ${START} … ${END}`);
  return `${before}${START}\n\n${figures(report)}\n\n${END}${rest}`;
}

function figures(report: string): string {
  const rows = gateways.map((gateway) => [
    gateway,
    ...columns.map(
      ([, workload, column]) => `${medianOf(report, { workload, gateway, column })}${units[column] ?? ""}`,
    ),
  ]);
  const head = ["", ...columns.map(([title]) => title)];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const table = [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
  const date = conditionOf(report, "date").slice(0, 10);
  // Without its kernel and its load.
  const machine = conditionOf(report, "machine").split(", ").slice(0, 3).join(", ");
  return `${table}\n\nMedians of ${date}, commit ${conditionOf(report, "commit").split(",")[0]}; ${machine}.`;
}

function conditionOf(report: string, name: string): string {
  const row = report.split("\n").find((line) => line.startsWith(`| ${name} | `));
  if (row === undefined) throw new Error(`the report does not tell its ${name}`);
  return cellsOf(row)[1] as string;
}

function medianOf(
  report: string,
  { workload, gateway, column }: { readonly workload: string; readonly gateway: string; readonly column: string },
): string {
  const section = report.split(/^## /m).find((text) => text.split("\n")[0]?.endsWith(`(\`${workload}\`)`)) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  const index = cellsOf(rows[0] ?? "").indexOf(column);
  const cell = cellsOf(rows.find((row) => row.startsWith(`| ${gateway} |`)) ?? "")[index];
  if (index < 0 || cell === undefined) throw new Error(`the report has no ${column} of ${gateway} in ${workload}`);
  return cell.replace(/ \(.*\)$/, "");
}

function cellsOf(row: string): string[] {
  return row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
