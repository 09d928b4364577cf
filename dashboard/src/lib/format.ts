const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const hourMinute = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const monthDay = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const shortMoment = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
});

/** Shown where nothing is known. */
export const NOTHING = "–";

/** 12,345 */
export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined ? NOTHING : whole.format(value);
}

/** 12.3K */
export function formatShort(value: number | null | undefined): string {
  return value === null || value === undefined ? NOTHING : short.format(value);
}

/** A share from 0 to 1 as percent. */
export function formatShare(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value) ? NOTHING : share.format(value);
}

/** US dollars; small amounts keep the digits that tell them from nothing. */
export function formatUsd(value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  const digits = value === 0 || Math.abs(value) >= 1 ? 2 : Math.min(8, 1 - Math.floor(Math.log10(Math.abs(value))) + 1);
  return new Intl.NumberFormat(undefined, {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: 2,
    maximumFractionDigits: Math.max(2, digits),
  }).format(value);
}

/** Milliseconds as 12 ms, 1.23 s, 2 min 3 s, 4 h 5 min, 6 d 7 h; what would be nothing is left out: 1 h. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return NOTHING;
  if (ms < 1000) return `${whole.format(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return inParts(seconds, "min", 60, "s");
  const minutes = Math.floor(seconds / 60);
  return minutes < 1440 ? inParts(minutes, "h", 60, "min") : inParts(Math.floor(minutes / 60), "d", 24, "h");
}

/** Bytes as 12 B, 3.4 KB, 5.6 MB. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return NOTHING;
  if (bytes < 1000) return `${bytes} B`;
  const units = ["KB", "MB", "GB", "TB"];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}

/** Date and time in the viewer's zone. */
export function formatTime(value: string | number | null | undefined): string {
  return value === null || value === undefined ? NOTHING : moment.format(new Date(value));
}

/** Time of day in the viewer's zone. */
export function formatClock(value: string | number | null | undefined): string {
  return value === null || value === undefined ? NOTHING : clock.format(new Date(value));
}

/** The time of day today, else also the day. */
export function formatShortTime(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  const time = new Date(value);
  return time.toDateString() === new Date().toDateString() ? clock.format(time) : shortMoment.format(time);
}

/** A moment on an axis that is `spanMs` long: the time of day up to a day and a half, the day beyond. */
export function formatAxisTime(ms: number, spanMs: number): string {
  return (spanMs <= 36 * 3_600_000 ? hourMinute : monthDay).format(new Date(ms));
}

// oxlint-disable-next-line max-params -- an amount in a large and a small unit
function inParts(amount: number, large: string, perLarge: number, small: string): string {
  const rest = amount % perLarge;
  return `${Math.floor(amount / perLarge)} ${large}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}
