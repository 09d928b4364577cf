import { existsSync, readFileSync } from "node:fs";
import type { PartConditions } from "./records-run.ts";
import type { SetFigures, ThresholdFigures } from "./semantic/measure.ts";
import { withSection } from "./report-section.ts";

/** What `bench/semantic.ts` measured. */
export interface SemanticRun {
  readonly conditions: PartConditions;
  readonly seed: number;
  readonly encoder: { readonly name: string; readonly msPerQuestion: number; readonly rssMb: number };
  readonly worked: SetFigures;
  readonly heldOut: SetFigures;
}

/** The kept run; null when there is none. */
export function readSemanticRun(path: string): SemanticRun | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as SemanticRun) : null;
}

const heading = "## Semantic cache (`npm run bench -- semantic`)";

/** The run as a section of the report; empty when there is none. */
export function renderSemanticRun(run: SemanticRun | null): string {
  if (run === null) return "";
  const { conditions, encoder, worked, heldOut } = run;
  const { date, commit, isClean, cpu } = conditions;
  return [
    heading,
    `Families of questions, by hand and from templates (seed ${run.seed}): one question that was answered, other words for it, and questions that sound like it and want another answer (numbers, names, denial, units, dates, contraries, language, order, code, question and order). Every one of them is looked up among the answered questions of all families. “Hits” is the share of other words that get their answer; “wrong” the share of questions that only sound alike and get an answer. By the families “worked on” the guards were written; those “held out” were written at the same time and not looked at while the guards changed. One that showed currency signs unread was moved over, and is counted with the others now.`,
    `${date}, ${commit ?? "no commit"}${isClean ? "" : " with uncommitted changes"}, ${cpu}. Encoder: ${encoder.name}, ${encoder.msPerQuestion} ms of one core a question, ${encoder.rssMb} MB of memory once it is used.`,
    ...renderSet("Held out", heldOut),
    ...renderSet("Worked on", worked),
  ].join("\n\n");
}

/** A report with its section on the semantic cache as it is by now, before the history. */
export function withSemanticSection(report: string, run: SemanticRun): string {
  return withSection(report, { heading, text: renderSemanticRun(run) });
}

function renderSet(title: string, set: SetFigures): string[] {
  const of = (guards: ThresholdFigures["guards"], threshold: number): string[] => {
    const row = set.rows.find((each) => each.guards === guards && each.threshold === threshold);
    return row === undefined ? ["", ""] : [percent(row.hits / set.sameWords), percent(row.wrong / set.soundAlike)];
  };
  const levels = ["none", "basic", "strict"] as const;
  const rows = [...new Set(set.rows.map(({ threshold }) => threshold))].map((threshold) => [
    String(threshold),
    ...levels.flatMap((level) => of(level, threshold)),
  ]);
  const head = ["threshold", ...levels.flatMap((level) => [`${level}: hits`, "wrong"])];
  return [
    `### ${title}: ${set.families} families, ${set.sameWords} in other words, ${set.soundAlike} that sound alike`,
    `In other words and served the answer of another family: ${levels.map((level) => `${mostAstray(set, level)} at most (${level})`).join(", ")}.`,
    [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n"),
  ];
}

function mostAstray({ rows }: SetFigures, level: ThresholdFigures["guards"]): number {
  return Math.max(...rows.filter(({ guards }) => guards === level).map(({ astray }) => astray));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
