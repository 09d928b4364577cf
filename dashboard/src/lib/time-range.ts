const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Ranges that end now, by the name they have in a URL. */
export const presets = {
  "15m": { label: "Last 15 minutes", lengthMs: 15 * minuteMs },
  "1h": { label: "Last hour", lengthMs: hourMs },
  "6h": { label: "Last 6 hours", lengthMs: 6 * hourMs },
  "24h": { label: "Last 24 hours", lengthMs: dayMs },
  "7d": { label: "Last 7 days", lengthMs: 7 * dayMs },
  "30d": { label: "Last 30 days", lengthMs: 30 * dayMs },
  "90d": { label: "Last 90 days", lengthMs: 90 * dayMs },
  "365d": { label: "Last year", lengthMs: 365 * dayMs },
} as const;

export type PresetName = keyof typeof presets;

/** A range as it is in a URL: one that ends now, or two moments in Unix milliseconds; neither for all time. */
export interface RangeSearch {
  readonly range?: PresetName;
  readonly from?: number;
  readonly to?: number;
}

/** A range of time in Unix milliseconds; `toMs` itself is not in it. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What of a URL's members is a range; anything else falls away, `fallback` stands in. */
export function readRange(search: Readonly<Record<string, unknown>>, fallback?: PresetName): RangeSearch {
  const { range, from, to } = search;
  if (isMoment(from) && isMoment(to) && from < to) return { from, to };
  if (typeof range === "string" && Object.hasOwn(presets, range)) return { range: range as PresetName };
  return fallback === undefined ? {} : { range: fallback };
}

function isMoment(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value < 8.64e15;
}

/** The moments of a range at `nowMs`; null for all time. */
export function rangeAt({ range, from, to }: RangeSearch, nowMs: number): TimeRange | null {
  if (from !== undefined && to !== undefined) return { fromMs: from, toMs: to };
  return range === undefined ? null : { fromMs: nowMs - presets[range].lengthMs, toMs: nowMs };
}

/** The range of the same length that ends where this one begins. */
export function rangeBefore({ fromMs, toMs }: TimeRange): TimeRange {
  return { fromMs: fromMs - (toMs - fromMs), toMs: fromMs };
}

/** Steps of a chart, by the name the API has for them. */
const steps = [
  ["minute", minuteMs],
  ["five_minutes", 5 * minuteMs],
  ["fifteen_minutes", 15 * minuteMs],
  ["hour", hourMs],
  ["day", dayMs],
] as const;

export type StepName = (typeof steps)[number][0];

/** The finest step that gives at most 200 points, and its length; days for longer ranges. */
export function stepFor({ fromMs, toMs }: TimeRange): { readonly name: StepName; readonly lengthMs: number } {
  const found = steps.find(([, lengthMs]) => (toMs - fromMs) / lengthMs <= 200);
  const [name, lengthMs] = found ?? ["day", dayMs];
  return { name, lengthMs };
}
