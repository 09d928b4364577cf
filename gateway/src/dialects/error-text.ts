import { isRecord } from "./read-path.ts";

/**
 * The text of an error value as vendors write it: a text, an object with `message` (or `detail`, `code`, `type`), or a list of either.
 * Null when the value is no error: absent, `null`, empty, or an object without any of these.
 */
export function errorText(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  if (Array.isArray(value)) return value.length === 0 ? null : errorText(value[0]);
  if (!isRecord(value)) return null;
  for (const name of ["message", "detail", "code", "type"]) {
    const text = value[name];
    if (typeof text === "string" && text !== "") return text;
    if (typeof text === "number") return String(text);
  }
  return null;
}
