import { parseTime } from "../management/parse-time.ts";
import { UsageError } from "./usage-error.ts";

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Unix milliseconds of an option that takes a time or how long ago. @param name without dashes. @throws UsageError for anything else. */
export function timeOption(name: string, text: string, nowMs: number): number {
  const ago = /^(\d{1,6})([smhdw])$/.exec(text);
  const timeMs = ago === null ? parseTime(text) : nowMs - Number(ago[1]) * (unitMs[ago[2] as string] as number);
  if (timeMs !== null) return timeMs;
  throw new UsageError(
    `--${name} takes a time such as 2026-01-31T09:30:00Z or an age such as 15m, 2h, 7d, got ${JSON.stringify(text)}`,
  );
}
