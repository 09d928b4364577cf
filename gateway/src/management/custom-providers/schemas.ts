import { z } from "zod";
import { ignoredField } from "../ignored-field.ts";
import { pageQuery } from "../list-page.ts";
import { queryBoolean } from "../parse-query.ts";

/** Fields of a custom provider that may be given (reference §14.7). `dialects` are the wire formats there are. */
function optionalFields(dialects: readonly string[]) {
  return z
    .strictObject({
      dialect: z
        .enum(dialects as [string, ...string[]])
        .meta({ description: "Wire format of its answers, for usage and the ends of streams." }),
      description: z.string().max(2000).nullable(),
      enable: z.boolean().meta({ description: "Requests reach it only when it is enabled; false by default." }),
      beta: z.boolean(),
      link: z.string().max(2000).nullable(),
      headers: z.string().max(10_000).nullable(),
      curl_example: z.string().max(20_000).nullable(),
      js_example: z.string().max(20_000).nullable(),
      position: z.int().min(0).max(1_000_000).nullable(),
    })
    .partial();
}

const name = z
  .string()
  .trim()
  .min(1)
  .max(256)
  .meta({ examples: ["Our GPUs"] });

const baseUrl = z
  .string()
  .max(2000)
  .meta({
    description: "Where requests go: https and public unless the configuration file allows more.",
    examples: ["https://gpu.example.com/v1"],
  });

const ignored = {
  id: ignoredField,
  logo: ignoredField,
  created_at: ignoredField,
  modified_at: ignoredField,
  managed_by: ignoredField,
};

/** Body of a new custom provider. */
export function createBody(dialects: readonly string[]) {
  return z.strictObject({
    name,
    slug: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, {
        error: "Expected 1 to 63 small letters, digits and -, the first a letter or digit",
      })
      .meta({ description: "Paths say custom- and this. It cannot be changed later.", examples: ["gpu"] }),
    base_url: baseUrl,
    ...optionalFields(dialects).shape,
    ...ignored,
  });
}

/** Body of a change; what is left out stays. */
export function updateBody(dialects: readonly string[]) {
  return z.strictObject({
    name: name.optional(),
    slug: z.string().optional(),
    base_url: baseUrl.optional(),
    ...optionalFields(dialects).shape,
    ...ignored,
  });
}

/** Query of the list. */
export const providersQuery = pageQuery.extend({
  enable: queryBoolean.optional(),
  beta: queryBoolean.optional(),
  search: z.string().max(256).optional().meta({ description: "Part of name or slug." }),
});

const text = z.string().nullable();

/** A custom provider as it is answered. */
export const customProviderSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    slug: z.string(),
    base_url: z.string(),
    dialect: z.string(),
    description: text,
    enable: z.boolean(),
    beta: z.boolean(),
    link: text,
    headers: text,
    curl_example: text,
    js_example: text,
    position: z.int().nullable(),
    logo: z.string().meta({ description: "Drawn from the name: SVG as a data URL." }),
    created_at: z.iso.datetime(),
    modified_at: z.iso.datetime(),
    managed_by: z.literal("file").optional(),
  })
  .meta({ id: "CustomProvider" });
