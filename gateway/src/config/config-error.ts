/** One thing wrong with the configuration. */
export interface ConfigProblem {
  /** Name of the file as the user gave it, or `environment`. */
  readonly source: string;
  /** 1-based; null for the environment and for a file that could not be read. */
  readonly line: number | null;
  readonly column: number | null;
  /** Key path such as `timeouts.connect_ms`, or the variable's name; null when the fault has none, as in broken YAML. */
  readonly key: string | null;
  /** What was expected and what was found. */
  readonly text: string;
}

/** The configuration cannot be used; holds every problem found, and its message lists them one a line. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  /** @param problems at least one, in the order to be shown. */
  constructor(problems: readonly ConfigProblem[]) {
    super(`The configuration has ${countOf(problems)}:\n${problems.map(formatProblem).join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** One line for people: `headgate.yaml:12:5  timeouts.connect_ms: expected …, got …`. */
function formatProblem(problem: ConfigProblem): string {
  const position = problem.line === null ? "" : `:${problem.line}:${problem.column}`;
  const key = problem.key === null ? "" : `${problem.key}: `;
  return `${problem.source}${position}  ${key}${problem.text}`;
}

function countOf(problems: readonly ConfigProblem[]): string {
  return problems.length === 1 ? "1 problem" : `${problems.length} problems`;
}
