/** Members of a JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value's members; none for what is no object. */
export function membersOf(value: unknown): Members {
  return isRecord(value) ? value : {};
}
