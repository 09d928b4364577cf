import { z } from "zod";
import { pageQuery } from "../list-page.ts";
import { ignoredFields, optionalFields, requiredFields } from "./gateway-fields.ts";

/** Ids of gateways (reference §24). */
const gatewayId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, {
    error: "Expected 1 to 64 letters, digits, _ and -, the first a letter or digit",
  })
  .meta({ description: "1 to 64 letters, digits, _ and -.", examples: ["prod"] });

/** Body of a new gateway. */
export const createBody = z.strictObject({
  id: gatewayId,
  ...requiredFields.shape,
  ...optionalFields.shape,
  ...ignoredFields.shape,
});

/** Body of a change; `id` may only be the gateway's own. */
export const updateBody = z.strictObject({
  id: z.string().optional(),
  ...requiredFields.shape,
  ...optionalFields.shape,
  ...ignoredFields.shape,
});

/** Query of the list. */
export const gatewaysQuery = pageQuery.extend({
  search: z.string().max(64).optional().meta({ description: "Part of the id, in small or capital letters." }),
});

/** A gateway as it is answered. */
export const gatewaySchema = z
  .object({
    id: z.string(),
    ...requiredFields.shape,
    ...optionalFields.required().shape,
    otel: z.array(z.looseObject({})).nullable(),
    dlp: z.looseObject({}).nullable(),
    spend_limits: z.looseObject({}).nullable(),
    is_default: z.boolean().meta({ description: "Whether it is the gateway that is always there." }),
    created_at: z.iso.datetime(),
    modified_at: z.iso.datetime(),
    managed_by: z.literal("file").optional().meta({ description: "Only the configuration file changes it." }),
  })
  .meta({ id: "Gateway" });
