import { z } from "zod";

const name = z
  .string()
  .trim()
  .min(1)
  .max(256)
  .meta({ examples: ["Research"] });

/** Members of the product's bodies that mean nothing here. */
const ignored = {
  type: z.enum(["standard", "enterprise"]).optional(),
  settings: z.unknown().optional(),
  managed_by: z.unknown().optional(),
  created_on: z.unknown().optional(),
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
  unit: z.unknown().optional(),
  standalone: z.unknown().optional(),
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
