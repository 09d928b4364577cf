/** Widths of a time axis. */
export const analyticsIntervals = [
  "minute",
  "five_minutes",
  "fifteen_minutes",
  "hour",
  "day",
  "week",
  "month",
] as const;

/** Width of the steps of a time axis. */
export type AnalyticsInterval = (typeof analyticsIntervals)[number];

const fixedWidthMs: Partial<Record<AnalyticsInterval, number>> = {
  minute: 60_000,
  five_minutes: 300_000,
  fifteen_minutes: 900_000,
  hour: 3_600_000,
};

/** Whether `timeZone` is a name of the IANA time zone database or an offset such as `+02:00`. */
export function isTimeZone(timeZone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts of the buckets that cover [fromMs, toMs), ascending, Unix milliseconds; the first is at or before `fromMs`. Up to hours
 * they lie on whole UTC intervals; days, weeks (from Monday) and months begin at midnight in `timeZone`, or when the clock there
 * first shows a later time. Null when there would be more than `limit`.
 */
export function bucketStartsMs(
  interval: AnalyticsInterval,
  range: { readonly fromMs: number; readonly toMs: number; readonly timeZone: string },
  limit: number,
): number[] | null {
  const width = fixedWidthMs[interval];
  const starts: number[] = [];
  const next = width === undefined ? calendarSteps(interval, range) : fixedSteps(width, range.fromMs);
  for (let start = next(); start < range.toMs || starts.length === 0; start = next()) {
    // A day that a time zone skipped begins where the next one does.
    if (starts.at(-1) === start) continue;
    if (starts.length === limit) return null;
    starts.push(start);
  }
  return starts;
}

function fixedSteps(widthMs: number, fromMs: number): () => number {
  let start = Math.floor(fromMs / widthMs) * widthMs - widthMs;
  return () => (start += widthMs);
}

function calendarSteps(
  interval: AnalyticsInterval,
  { fromMs, timeZone }: { readonly fromMs: number; readonly timeZone: string },
): () => number {
  let date = firstDate(interval, Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(timeZone));
  const step = interval === "month" ? { months: 1 } : { days: interval === "week" ? 7 : 1 };
  return () => {
    const startMs = date.toZonedDateTime(timeZone).epochMilliseconds;
    date = date.add(step);
    return startMs;
  };
}

function firstDate(interval: AnalyticsInterval, from: Temporal.ZonedDateTime): Temporal.PlainDate {
  const date = from.toPlainDate();
  if (interval === "month") return date.with({ day: 1 });
  return interval === "week" ? date.subtract({ days: date.dayOfWeek - 1 }) : date;
}
