import { printable } from "../printable.ts";
import { countOutcomes, type ImportResult } from "./finish-import.ts";
import { type Finding, valueAt } from "./import-draft.ts";
import { type SourcePath, sourcePathText } from "./import-source.ts";
import { parse } from "yaml";

/** What became of the source, line by line, then what has to be set and done, for people. */
export function reportText(result: ImportResult): string {
  const { source } = result;
  const file: unknown = parse(result.yaml);
  const place = (path: SourcePath): string => `${source.name}:${source.positionOf(path).line}`;
  const rows = result.findings.map((finding) => [
    place(finding.path),
    finding.outcome,
    `${sourcePathText(finding.path) || "the file"}${explanation(finding, file)}`,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const lines = rows.map((row) => printable(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")));
  const counts = countOutcomes(result.findings);
  const total = `${counts.mapped} mapped, ${counts["by hand"]} to do by hand, ${counts["not mapped"]} not mapped, ${counts["nothing to do"]} with nothing to do`;
  return [...lines, "", total, ...secretLines(result, place), ...exampleLines(result), ""].join("\n");
}

function explanation({ target, text }: Finding, file: unknown): string {
  if (target === null) return `: ${text}`;
  const value = valueAt(file, target);
  const shown = typeof value === "object" && value !== null ? "" : `: ${JSON.stringify(value)}`;
  return ` -> ${sourcePathText(target.map(String))}${shown}${text === "" ? "" : ` (${text})`}`;
}

function secretLines({ secrets }: ImportResult, place: (path: SourcePath) => string): readonly string[] {
  if (secrets.length === 0) return [];
  const width = Math.max(...secrets.map(({ name }) => name.length));
  const rows = secrets.map(({ name, purpose, path }) =>
    printable(`  ${name.padEnd(width)}  ${purpose} (${place(path)}, ${sourcePathText(path)})`),
  );
  return ["", "Set these variables before the start; no secret was copied:", ...rows];
}

function exampleLines({ examples }: ImportResult): readonly string[] {
  return examples.flatMap(({ title, steps }) => [
    "",
    printable(`${title}: POST to /v1/{account}/{gateway}`),
    ...JSON.stringify(steps, null, 2)
      .split("\n")
      .map((line) => `  ${printable(line)}`),
  ]);
}
