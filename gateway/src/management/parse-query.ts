import { z } from "zod";
import { type Fault, type FaultPath, invalid, ManagementError } from "./management-error.ts";
import { parseTime } from "./parse-time.ts";

/**
 * The parameters of a query that `schema` knows, parsed by it; others are ignored. Members of `schema` take texts: the
 * `query…` schemas below, or zod's own for texts and arrays of texts; an array takes what repeats its name.
 * @throws ManagementError 400 code 7001 with path `["query", name]`, one fault for each bad parameter; also for one given twice.
 */
export function parseQuery<Shape extends z.ZodRawShape>(
  query: URLSearchParams,
  schema: z.ZodObject<Shape>,
): z.output<z.ZodObject<Shape>> {
  const given: Record<string, string | readonly string[]> = {};
  for (const [name, member] of Object.entries(schema.shape)) {
    const texts = query.getAll(name);
    if (isList(member as z.ZodType)) {
      if (texts.length > 0) given[name] = texts;
      continue;
    }
    if (texts.length > 1) throw invalid(`Expected ${name} once, got it ${texts.length} times`, ["query", name]);
    if (texts[0] !== undefined) given[name] = texts[0];
  }
  return validate(schema, given, ["query"]);
}

/**
 * `value` as `schema` wants it.
 * @throws ManagementError 400 code 7001, one fault for each problem, its path beginning with `place` (`["body"]`).
 */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown, place: FaultPath): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new ManagementError("invalid", result.error.issues.flatMap((issue) => faultsOf(issue, place)).slice(0, 20));
}

/** One fault, or one for each member that is not known, as each has a place of its own. */
function faultsOf(issue: z.core.$ZodIssue, place: FaultPath): Fault[] {
  const path = [...place, ...issue.path.map((part) => (typeof part === "symbol" ? String(part) : part))];
  if (issue.code !== "unrecognized_keys") return [{ message: issue.message, path }];
  return issue.keys.map((key) => ({ message: `Unknown field ${quoted(key)}`, path: [...path, key] }));
}

function isList(schema: z.ZodType): boolean {
  if (schema instanceof z.ZodArray) return true;
  const isWrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
  return isWrapped && isList(schema.unwrap() as z.ZodType);
}

/** `true` or `false`. */
export const queryBoolean = z
  .enum(["true", "false"], { error: ({ input }) => `Expected true or false, got ${quoted(input)}` })
  .transform((text) => text === "true")
  .meta({ type: "boolean" });

/** A whole number within bounds, both included. */
export function queryInteger({ min, max }: { readonly min: number; readonly max: number }) {
  return z
    .string()
    .transform((text, context) => {
      const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= min && value <= max) return value;
      context.addIssue(`Expected an integer from ${min} to ${max}, got ${quoted(text)}`);
      return z.NEVER;
    })
    .meta({ type: "integer", minimum: min, maximum: max });
}

/** A finite decimal number, fractions and exponents allowed. */
export const queryNumber = z
  .string()
  .transform((text, context) => {
    const value = parseDecimal(text);
    if (value !== null) return value;
    context.addIssue(`Expected number, received ${quoted(text)}`);
    return z.NEVER;
  })
  .meta({ type: "number" });

/** A date or date-time of RFC 3339, as Unix milliseconds. */
export const queryTime = z
  .string()
  .transform((text, context) => {
    const timeMs = parseTime(text);
    if (timeMs !== null) return timeMs;
    context.addIssue(`Expected a date such as 2026-01-31 or 2026-01-31T09:30:00Z, got ${quoted(text)}`);
    return z.NEVER;
  })
  .meta({ description: "A date or date-time of RFC 3339.", examples: ["2026-01-31T09:30:00Z"] });

/** One of `words`. */
export function queryWord<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: ({ input }) => `Expected ${words.join(", ")}, got ${quoted(input)}` });
}

/** The number a decimal text stands for; null when it stands for none, or for none that is finite. */
export function parseDecimal(text: string): number | null {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** A value in quotes for a message, cut when it is long. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
