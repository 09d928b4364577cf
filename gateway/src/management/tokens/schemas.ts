import { z } from "zod";
import { addressRangeFault } from "../../access/address-ranges.ts";
import { findPermissionGroup } from "../../access/permission-groups.ts";
import { quoted } from "../parse-query.ts";
import { pageQuery } from "../list-page.ts";
import { queryWord } from "../parse-query.ts";

const permissionGroup = z.object({
  id: z
    .string()
    .transform((id, context) => {
      const group = findPermissionGroup(id);
      if (group !== undefined) return group;
      context.addIssue(`Expected the id or the name of a permission group, got ${quoted(id)}`);
      return z.NEVER;
    })
    .meta({ description: "Id or name of a permission group.", examples: ["AI Gateway Run"] }),
});

const policy = z.object({
  effect: z.literal("allow", { error: "Expected allow: nothing is granted that would have to be denied" }),
  permission_groups: z.array(permissionGroup).min(1).max(50),
  resources: z.record(z.string(), z.unknown()).optional().meta({
    description:
      "The account of the path, as com.cloudflare.api.account.{id}; for a token of all accounts com.cloudflare.api.account.*",
  }),
});

const addressRange = z.string().superRefine((text, context) => {
  const fault = addressRangeFault(text);
  if (fault !== null) context.addIssue(fault.replace(/^e/, "E"));
});

const addressRanges = z.array(addressRange).max(100).optional();

const condition = z.object({
  request_ip: z.object({ in: addressRanges, not_in: addressRanges }).optional(),
});

const time = z.iso
  .datetime({ offset: true, error: "Expected a time such as 2027-01-31T09:30:00Z" })
  .transform((text) => Date.parse(text))
  .nullable()
  .optional();

const shared = {
  name: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .meta({ description: "What people call it.", examples: ["app"] }),
  policies: z.array(policy).min(1).max(50),
  condition: condition.nullable().optional(),
  expires_on: time,
  not_before: time,
  gateway_ids: z
    .array(z.string().min(1).max(64))
    .max(1000)
    .nullable()
    .optional()
    .meta({ description: "Gateways it may run and manage; null for all." }),
  models: z.array(z.string().min(1).max(256)).max(200).nullable().optional().meta({
    description: "Models it may run, by name or provider/name; * stands for any run of characters but /. Null for all.",
  }),
  budget: z.string().min(1).max(64).nullable().optional().meta({
    description:
      "Id of a budget its requests are held to, as one whose `tokens` is `assigned`; it has to be there. Null for none.",
  }),
};

/** Body of a new token. Members that are not listed are ignored (reference §24). */
export const createTokenBody = z.object(shared);

/** Body of a change: optional members that are left out keep their values. */
export const updateTokenBody = z.object({ ...shared, status: z.enum(["active", "disabled"]).optional() });

/** Query of the list. */
export const tokensQuery = pageQuery.extend({ direction: queryWord(["asc", "desc"]).default("desc") });

const shownGroup = z.object({ id: z.string(), name: z.string() });

const shownFields = {
  id: z.string(),
  name: z.string(),
  status: z.enum(["active", "disabled", "expired"]),
  issued_on: z.iso.datetime(),
  modified_on: z.iso.datetime(),
  not_before: z.iso.datetime().optional(),
  expires_on: z.iso.datetime().optional(),
  policies: z.array(
    z.object({
      id: z.string(),
      effect: z.literal("allow"),
      permission_groups: z.array(shownGroup),
      resources: z.record(z.string(), z.string()),
    }),
  ),
  condition: z
    .object({ request_ip: z.object({ in: z.array(z.string()).optional(), not_in: z.array(z.string()).optional() }) })
    .optional(),
  gateway_ids: z.array(z.string()).nullable(),
  models: z.array(z.string()).nullable(),
  budget: z.string().nullable(),
  prefix: z.string().meta({ description: "How its text begins." }),
  last_four: z.string().meta({ description: "How its text ends." }),
};

/** A token as it is shown: everything but its text. */
export const tokenSchema = z.object(shownFields).meta({ id: "Token" });

/** A token right after it was made. */
export const newTokenSchema = z
  .object({ ...shownFields, value: z.string().meta({ description: "Its text, shown this once." }) })
  .meta({ id: "NewToken" });

/** A permission group as it is listed. */
export const permissionGroupSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    scopes: z.array(z.string()),
    permissions: z.array(z.string()).meta({ description: "What it grants." }),
  })
  .meta({ id: "PermissionGroup" });

/** A token that counts, as its holder is told. */
export const verifiedSchema = z
  .object({
    id: z.string(),
    status: z.literal("active"),
    not_before: z.iso.datetime().optional(),
    expires_on: z.iso.datetime().optional(),
  })
  .meta({ id: "VerifiedToken" });
