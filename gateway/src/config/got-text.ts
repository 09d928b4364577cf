const maxShownLength = 60;

/**
 * A value as an error message shows it, in one line: long strings cut, mappings and lists only named. User name, password
 * and query of a URL are replaced by `…`, because configuration errors end up in logs.
 */
export function gotText(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value !== "string") return String(value);
  const safe = value
    .replace(/(:\/\/)[^/?#]*@/, "$1…@")
    .replace(/([?#]).*$/s, (rest) => (value.includes("://") ? `${rest[0]}…` : rest));
  return JSON.stringify(safe.length > maxShownLength ? `${safe.slice(0, maxShownLength)}…` : safe);
}
