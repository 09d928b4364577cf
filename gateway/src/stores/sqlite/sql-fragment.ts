/** Part of a statement with the values of its question marks, in order. */
export interface SqlFragment {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** A value behind a question mark. */
export type SqlValue = string | number | Uint8Array | null;

/** All of them; true for none. */
export function allOf(fragments: readonly SqlFragment[]): SqlFragment {
  return joined(fragments, " AND ", "1");
}

/** Any of them; false for none. */
export function anyOf(fragments: readonly SqlFragment[]): SqlFragment {
  return joined(fragments, " OR ", "0");
}

/** The opposite, with an unknown truth counted as false before. */
export function noneOf({ sql, values }: SqlFragment): SqlFragment {
  return { sql: `NOT coalesce((${sql}), 0)`, values };
}

/** Question marks for a list. */
export function places(values: readonly unknown[]): string {
  return values.map(() => "?").join(", ");
}

function joined(fragments: readonly SqlFragment[], word: string, none: string): SqlFragment {
  return {
    sql: fragments.map(({ sql }) => `(${sql})`).join(word) || none,
    values: fragments.flatMap(({ values }) => values),
  };
}
