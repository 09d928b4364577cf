import { z } from "zod";
import { analyticsIntervals, isTimeZone } from "../time-buckets.ts";
import {
  analyticsDimensions,
  analyticsMeasures,
  analyticsOperators,
  type AnalyticsDimension,
  type AnalyticsMeasure,
  type AnalyticsValue,
} from "../../stores/ports/analytics-store.ts";
import { parseDecimal, quoted } from "../../management/parse-query.ts";
import { parseTime } from "../../management/parse-time.ts";

/** Names on the wire that differ from the store's: the API speaks of US dollars, the store of nano-USD. */
const storeNames = { cost: "cost_nano_usd", saved_cost: "saved_nano_usd" } as const;

/** Measures by their name in the API. */
export const wireMeasures = analyticsMeasures.map(wireName);

/** Dimensions by their name in the API, beside `metadata.<key>`. */
const wireDimensions = analyticsDimensions.map(wireName);

/** Name in the API of a measure or a dimension. */
export function wireName(name: string): string {
  return Object.entries(storeNames).find(([, store]) => store === name)?.[0] ?? name;
}

function storeName(name: string): string {
  return Object.hasOwn(storeNames, name) ? storeNames[name as keyof typeof storeNames] : name;
}

const measure = z.string().transform((name, context) => {
  if (wireMeasures.includes(name)) return storeName(name) as AnalyticsMeasure;
  context.addIssue(`Expected one of ${wireMeasures.join(", ")}, got ${quoted(name)}`);
  return z.NEVER;
});

const dimension = z.string().transform((name, context) => {
  if (wireDimensions.includes(name) || /^metadata\..+$/s.test(name)) return storeName(name) as AnalyticsDimension;
  context.addIssue(`Expected one of ${wireDimensions.join(", ")}, metadata.<key>, got ${quoted(name)}`);
  return z.NEVER;
});

const time = z.union([z.string(), z.number()]).transform((value, context) => {
  const timeMs = typeof value === "number" ? value : parseTime(value);
  if (timeMs !== null && Number.isInteger(timeMs) && Math.abs(timeMs) <= 8.64e15) return timeMs;
  context.addIssue(`Expected a date such as 2026-01-31T09:30:00Z or Unix milliseconds, got ${quoted(value)}`);
  return z.NEVER;
});

const numbers = new Set<string>(["status", "error_code", "cost_nano_usd", "duration_ms", "tokens_in", "tokens_out"]);
const booleans = new Set<string>(["error", "rate_limited", "cached", "streamed"]);

/** A value as the dimension has it, dollars as nano-USD; undefined for one of another kind. */
function storeValue(name: string, value: AnalyticsValue): AnalyticsValue | undefined {
  if (value === null) return null;
  if (numbers.has(name)) {
    const number = typeof value === "string" ? parseDecimal(value) : value;
    if (typeof number !== "number") return undefined;
    return name === "cost_nano_usd" ? Math.round(number * 1e9) : number;
  }
  if (booleans.has(name)) return { true: true, false: false }[String(value)];
  // Metadata may be given as it was sent; analytics know it as text.
  return typeof value === "string" || name.startsWith("metadata.") ? String(value) : undefined;
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: ({ input }) => `Expected a text, a number, a boolean or null, got ${quoted(input)}`,
});

const filter = z
  .strictObject({
    key: dimension,
    operator: z.enum(analyticsOperators, {
      error: ({ input }) => `Expected ${analyticsOperators.join(", ")}, got ${quoted(input)}`,
    }),
    value: z
      .union([z.array(scalar).min(1).max(1000), scalar])
      .transform((value) => (Array.isArray(value) ? value : [value])),
  })
  .transform(({ key, operator, value }, context) => {
    const values = value.map((each) => storeValue(key, each));
    const wrong = values.indexOf(undefined);
    if (wrong !== -1) {
      context.addIssue({
        code: "custom",
        path: ["value"],
        message: `${quoted(value[wrong])} is not a value of ${wireName(key)}`,
      });
    }
    if (["lt", "lte", "gt", "gte"].includes(operator) && values.length !== 1) {
      context.addIssue({ code: "custom", path: ["value"], message: `Expected one value for ${operator}` });
    }
    return { dimension: key, operator, values: values as AnalyticsValue[] };
  });

const order = z.string().regex(/^[^:]+(?::(?:asc|desc))?$/, {
  error: ({ input }) => `Expected a column such as cost or cost:desc, got ${quoted(input)}`,
});

/** A question as `POST /api/analytics/query` takes it; see `docs/reference/analytics-api.md`. */
export const querySchema = z.strictObject({
  measures: z
    .array(measure)
    .min(1)
    .max(30)
    .meta({ description: `Some of ${wireMeasures.join(", ")}.`, examples: [["requests"]] }),
  dimensions: z
    .array(dimension)
    .max(6)
    .default([])
    .meta({ description: `Some of ${wireDimensions.join(", ")}, metadata.<key>.` }),
  filters: z.array(filter).max(50).default([]),
  from: time.optional(),
  to: time.optional(),
  interval: z
    .enum(analyticsIntervals, {
      error: ({ input }) => `Expected ${analyticsIntervals.join(", ")}, got ${quoted(input)}`,
    })
    .nullable()
    .default(null),
  time_zone: z
    .string()
    .refine(isTimeZone, { error: ({ input }) => `Expected a time zone such as Europe/Amsterdam, got ${quoted(input)}` })
    .default("UTC"),
  fill: z.boolean().default(false),
  limit: z.number().int().min(1).max(10_000).default(1000),
  order: z.array(order).max(6).default([]),
});

/** A question after validation, with defaults filled in. */
export type AnalyticsQuery = z.output<typeof querySchema>;

const list = (description: string) => z.array(z.string()).optional().meta({ description });

/** The same question in a URL, for the reference: what comes is put in order before `querySchema` reads it. */
export const urlQuerySchema = z.object({
  measures: z.array(z.string()).meta({ description: `Some of ${wireMeasures.join(", ")}.` }),
  dimensions: list(`Some of ${wireDimensions.join(", ")}, metadata.<key>.`),
  filters: z.string().optional().meta({ description: "A JSON array of objects with key, operator and value." }),
  from: z.string().optional().meta({ description: "RFC 3339 or Unix milliseconds; a day before to by default." }),
  to: z.string().optional().meta({ description: "RFC 3339 or Unix milliseconds; now by default." }),
  interval: z.enum(analyticsIntervals).optional().meta({ description: "Width of the steps of time; none by default." }),
  time_zone: z.string().optional().meta({ description: "Where days begin; UTC by default." }),
  fill: z.boolean().optional().meta({ description: "Whether steps without requests are told." }),
  limit: z.int().min(1).max(10_000).optional().meta({ description: "Most rows; 1000 by default." }),
  order: list("Columns such as cost:desc."),
});

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** The `result` of a query. */
export const queryResultSchema = z
  .object({
    columns: z
      .array(z.string())
      .meta({ description: "time when there is an interval, then dimensions, then measures." }),
    rows: z.array(z.array(cell)).meta({ description: "Values in the order of columns." }),
    truncated: z.boolean().meta({ description: "Whether there are more rows than limit." }),
    source: z.enum(["roll-ups", "rows"]),
    from: z.iso.datetime().meta({ description: "The range that was counted." }),
    to: z.iso.datetime(),
    took_ms: z.number(),
  })
  .meta({ id: "Counts" });
