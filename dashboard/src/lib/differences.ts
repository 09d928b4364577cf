/** One place where two values differ. */
export interface Difference {
  /** `retry_delay`, `guardrails.prompt.S1`; empty for the values themselves. */
  readonly path: string;
  /** Absent when there was nothing. */
  readonly before?: unknown;
  /** Absent when there is nothing any more. */
  readonly after?: unknown;
}

/** Where two JSON values differ: objects member by member, lists and all else as a whole. */
export function differencesOf(before: unknown, after: unknown, path = ""): Difference[] {
  if (isSame(before, after)) return [];
  if (!isObject(before) || !isObject(after)) {
    return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name) => differencesOf(before[name], after[name], path === "" ? name : `${path}.${name}`));
}

/** Whether two JSON values say the same; members may be in any order. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one, inOrder) === JSON.stringify(other, inOrder);
}

function inOrder(_: string, value: unknown): unknown {
  return isObject(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
