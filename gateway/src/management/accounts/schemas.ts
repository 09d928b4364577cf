import { z } from "zod";
import { ignoredField } from "../ignored-field.ts";

const name = z
  .string()
  .trim()
  .min(1)
  .max(256)
  .meta({ examples: ["Research"] });

/** Members of the product's bodies that mean nothing here. */
const ignored = {
  type: z.enum(["standard", "enterprise"]).optional(),
  settings: ignoredField,
  managed_by: ignoredField,
  created_on: ignoredField,
};

/** Body of a new account. */
export const createAccountBody = z.strictObject({
  name,
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, {
      error: "Expected 1 to 64 letters, digits, _ and -, the first a letter or digit",
    })
    .optional()
    .meta({ description: "First part of its gateways' paths; drawn when it is left out.", examples: ["research"] }),
  unit: ignoredField,
  standalone: ignoredField,
  ...ignored,
});

/** Body of another name. */
export const updateAccountBody = z.strictObject({ name, id: z.string().optional(), ...ignored });

/** An account as it is answered. */
export const accountSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.literal("standard"),
    created_on: z.iso.datetime(),
    settings: z.object({ enforce_twofactor: z.boolean() }),
  })
  .meta({ id: "Account" });
