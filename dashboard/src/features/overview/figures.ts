/** A row of an answer by its columns. */
export type Figures = Readonly<Record<string, string | number | boolean | null>>;

/** Figures over time: the start of each step, and a list of the same length for each measure. */
export interface Series {
  readonly timesMs: readonly number[];
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

/** What the API answers with. */
interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
}

/** Rows by their columns. */
export function figuresOf({ columns, rows }: Answer): readonly Figures[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
}

/** Rows with a column `time` as lists. */
export function seriesOf({ columns, rows }: Answer): Series {
  const timeAt = columns.indexOf("time");
  const sorted = rows.toSorted((left, right) => Date.parse(String(left[timeAt])) - Date.parse(String(right[timeAt])));
  return {
    timesMs: sorted.map((row) => Date.parse(String(row[timeAt]))),
    values: Object.fromEntries(
      columns.flatMap((column, index) =>
        index === timeAt ? [] : [[column, sorted.map((row) => numberOf(row[index]))] as const],
      ),
    ),
  };
}

/** A figure, when it is a number. */
export function numberOf(value: Figures[string] | undefined): number | null {
  return typeof value === "number" ? value : null;
}

/** How much more there is now than before, as a share: 0.5 for half more. Null when there was nothing, or nothing is known. */
export function changeOf(now: number | null, before: number | null): number | null {
  return now === null || before === null || before === 0 ? null : (now - before) / before;
}

/** A list cut or filled with nothing to a length. */
export function fitted(values: readonly (number | null)[] | undefined, length: number): readonly (number | null)[] {
  return Array.from({ length }, (_, index) => values?.[index] ?? null);
}
