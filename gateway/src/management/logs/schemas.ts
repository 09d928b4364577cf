import { z } from "zod";
import { queryBoolean, queryInteger, queryNumber, queryTime, queryWord } from "../parse-query.ts";

/** What logs are ordered by. */
const orderKeys = [
  "created_at",
  "provider",
  "model",
  "model_type",
  "success",
  "cached",
  "cost",
  "tokens_in",
  "tokens_out",
  "duration",
  "feedback",
] as const;

const search = z
  .string()
  .max(1000, { error: "Expected at most 1000 characters" })
  .meta({ description: "Words that prompt or answer have; asks for logs.read-bodies." });
const direction = queryWord(["asc", "desc"]);
const text = z.string().max(2000, { error: "Expected at most 2000 characters" });

const order = { order_by: queryWord(orderKeys).default("created_at"), order_by_direction: direction.optional() };

/** Single parameters that became filters; still declared by the API and used by tools (reference §14.2). */
export const deprecatedParameters = z.object({
  start_date: queryTime.optional(),
  end_date: queryTime.optional(),
  min_cost: queryNumber.optional(),
  max_cost: queryNumber.optional(),
  min_tokens_in: queryNumber.optional(),
  max_tokens_in: queryNumber.optional(),
  min_tokens_out: queryNumber.optional(),
  max_tokens_out: queryNumber.optional(),
  min_total_tokens: queryNumber.optional(),
  max_total_tokens: queryNumber.optional(),
  min_duration: queryNumber.optional(),
  max_duration: queryNumber.optional(),
  feedback: queryInteger({ min: -1, max: 1 }).optional(),
  success: queryBoolean.optional(),
  cached: queryBoolean.optional(),
  provider: text.optional(),
  model: text.optional(),
  model_type: text.optional(),
  request_content_type: text.optional(),
  response_content_type: text.optional(),
});

/** Query of the list, beside its filters. */
export const listParameters = z.object({
  page: queryInteger({ min: 1, max: 1_000_000 }).default(1),
  per_page: queryInteger({ min: 1, max: 50 }).default(20),
  cursor: z.string().max(2000).optional().meta({ description: "Where the page before ended: its result_info.cursor." }),
  search: search.optional(),
  meta_info: queryBoolean.default(false).meta({ description: "Also tell least and greatest values." }),
  direction: direction.optional(),
  ...order,
});

/** Query of the deletion, beside its filters. */
export const deleteParameters = z.object({
  limit: queryInteger({ min: 1, max: 10_000 }).default(10_000),
  search: search.optional(),
  ...order,
});

/** Query of the export, beside its filters. */
export const exportParameters = z.object({
  format: queryWord(["ndjson", "csv"]).default("ndjson"),
  bodies: queryBoolean.default(false).meta({ description: "With bodies; asks for logs.read-bodies." }),
  progress: queryBoolean.default(false).meta({ description: "With lines that tell how far it is." }),
  limit: queryInteger({ min: 1, max: 1_000_000_000 }).optional(),
  search: search.optional(),
  ...order,
});

/** The filters of a query, for the reference: they are read apart, in either form of the wire. */
const filters = z.object({
  filters: z.unknown().meta({
    type: "array",
    items: {
      type: "object",
      properties: { key: { type: "string" }, operator: { type: "string" }, value: { type: "array", items: {} } },
      required: ["key", "operator", "value"],
    },
    description:
      "Conditions that all have to hold: a JSON array, or filters[0][key]=… and so on. See the Logs API's page for keys and operators.",
  }),
});

/** Whole query of the list, for the reference. */
export const listQuery = filters.extend({ ...listParameters.shape, ...deprecatedParameters.shape });

/** Whole query of the deletion, for the reference. */
export const deleteQuery = filters.extend(deleteParameters.shape);

/** Whole query of the export, for the reference. */
export const exportQuery = filters.extend({ ...exportParameters.shape, ...deprecatedParameters.shape });

/** Query of the live tail, beside its filters. */
export const tailParameters = z.object({ search: search.optional() });

/** Whole query of the live tail, for the reference. */
export const tailQuery = filters.extend(tailParameters.shape);

const metadataValue = z.union([z.string().max(4096), z.number(), z.boolean()], {
  error: "Expected a string of at most 4096 characters, a number or a boolean",
});

/** Body of a patch (reference §10.6); members left out stay as they are, null clears. */
export const patchBody = z.object(
  {
    feedback: z
      .union([z.literal(-1), z.literal(0), z.literal(1), z.null()], { error: "Expected -1, 0, 1 or null" })
      .optional(),
    score: z.number({ error: "Expected number or null" }).min(0).max(100).nullable().optional(),
    metadata: z
      .record(z.string().min(1).max(256), metadataValue, {
        error: "Expected an object of strings, numbers and booleans",
      })
      .refine((metadata) => Object.keys(metadata).length <= 5, { error: "Expected at most 5 entries" })
      .nullable()
      .optional(),
  },
  { error: "Expected a JSON object" },
);
