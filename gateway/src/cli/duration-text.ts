/** A duration for people: whole milliseconds, from a second on seconds; a dash for null. */
export function durationText(valueMs: number | null): string {
  if (valueMs === null) return "-";
  return valueMs < 1000 ? `${Math.round(valueMs)}ms` : `${(valueMs / 1000).toFixed(2)}s`;
}
