/** A time as `<input type="datetime-local">` writes it, in the viewer's zone; empty for none. */
export function localTimeOf(iso: string | null | undefined): string {
  if (iso === null || iso === undefined) return "";
  const time = new Date(iso);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Such a text as a time for the API; null for none. */
export function isoTimeOf(local: string): string | null {
  const ms = Date.parse(local);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
