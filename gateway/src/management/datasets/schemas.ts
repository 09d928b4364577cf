import { z } from "zod";
import { pageQuery } from "../list-page.ts";
import { queryBoolean } from "../parse-query.ts";

const keys = [
  "created_at",
  "request_content_type",
  "response_content_type",
  "success",
  "cached",
  "provider",
  "model",
  "cost",
  "tokens",
  "tokens_in",
  "tokens_out",
  "duration",
  "feedback",
] as const;

const filter = z.strictObject({
  key: z.enum(keys),
  operator: z.enum(["eq", "contains", "lt", "gt"]),
  value: z
    .array(z.union([z.string().max(2000), z.number(), z.boolean()]))
    .min(1)
    .max(1000),
});

/** Body of a dataset, new or changed (reference §14.4). */
export const datasetBody = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(256)
    .meta({ examples: ["slow answers"] }),
  enable: z.boolean(),
  filters: z
    .array(filter)
    .max(50)
    .meta({ description: "Conditions that logs meet, all of them.", examples: [[]] }),
});

/** Query of the list. */
export const datasetsQuery = pageQuery.extend({
  name: z.string().max(256).optional().meta({ description: "The whole name." }),
  enable: queryBoolean.optional(),
  search: z.string().max(256).optional().meta({ description: "Part of the name." }),
});

/** A dataset as it is answered. */
export const datasetSchema = z
  .object({
    id: z.string(),
    gateway_id: z.string(),
    ...datasetBody.shape,
    created_at: z.iso.datetime(),
    modified_at: z.iso.datetime(),
    managed_by: z.literal("file").optional(),
  })
  .meta({ id: "Dataset", description: "A selection of logs by filters." });
