/** Units of the calendar. Weeks begin on Monday (ISO 8601). */
export type CalendarUnit = "hour" | "day" | "week" | "month";

/** From `startMs` until before `endMs`, Unix milliseconds. */
export interface CalendarWindow {
  readonly startMs: number;
  readonly endMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * The hour, day, week or month of a time zone that a moment lies in. Days in which clocks are changed have 23 or 25 hours.
 * @param timeZone IANA name; see `isTimeZone`.
 */
export function calendarWindow(unit: CalendarUnit, timeZone: string, nowMs: number): CalendarWindow {
  const offsetMs = zoneOffsetMs(timeZone, nowMs);
  const local = new Date(nowMs + offsetMs);
  if (unit === "hour") {
    // Whole hours of the zone's clock; the offset cannot change within one that both borders share.
    const startMs = Math.floor((nowMs + offsetMs) / HOUR_MS) * HOUR_MS - offsetMs;
    return { startMs, endMs: startMs + HOUR_MS };
  }
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  if (unit === "month") return between(timeZone, Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1));
  const dayMs = Date.UTC(year, month, day);
  if (unit === "day") return between(timeZone, dayMs, dayMs + DAY_MS);
  const mondayMs = dayMs - ((local.getUTCDay() + 6) % 7) * DAY_MS;
  return between(timeZone, mondayMs, mondayMs + 7 * DAY_MS);
}

/** Whether this machine knows a time zone of that name. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function between(timeZone: string, localStartMs: number, localEndMs: number): CalendarWindow {
  return { startMs: instantOf(timeZone, localStartMs), endMs: instantOf(timeZone, localEndMs) };
}

/** The moment at which a zone's clock shows a time; where it shows it twice the first one, where it leaves it out the moment of the leap. */
function instantOf(timeZone: string, localMs: number): number {
  const before = zoneOffsetMs(timeZone, localMs - DAY_MS);
  const after = zoneOffsetMs(timeZone, localMs + DAY_MS);
  for (const offsetMs of [Math.max(before, after), Math.min(before, after)]) {
    if (zoneOffsetMs(timeZone, localMs - offsetMs) === offsetMs) return localMs - offsetMs;
  }
  return localMs - before;
}

/** What a zone's clock is ahead of UTC. */
function zoneOffsetMs(timeZone: string, atMs: number): number {
  if (timeZone === "UTC") return 0;
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((each) => each.type === type)?.value);
  const localMs = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return localMs - Math.floor(atMs / 1000) * 1000;
}
