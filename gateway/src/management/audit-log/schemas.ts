import { z } from "zod";
import { pageQuery } from "../list-page.ts";
import { queryInteger, queryTime, queryWord } from "../parse-query.ts";

const range = {
  since: queryTime.optional().meta({ description: "Only from then on, RFC 3339." }),
  before: queryTime.optional().meta({ description: "Only up to then, RFC 3339." }),
};

/** The store tells the newest first. */
const direction = queryWord(["desc"]).default("desc");

/** Query of the log by cursor. */
export const auditQuery = z.object({
  ...range,
  limit: queryInteger({ min: 1, max: 1000 }).default(100),
  cursor: z
    .string()
    .regex(/^[0-9a-f-]{36}$/, { error: "Expected result_info.cursors.after of the page before" })
    .optional()
    .meta({ description: "Where the page before ended: its result_info.cursors.after." }),
  direction,
});

/** Query of the log in numbered pages. */
export const oldAuditQuery = pageQuery.extend({
  ...range,
  page: queryInteger({ min: 1, max: 1000 }).default(1),
  direction,
});

const json = z.record(z.string(), z.unknown()).nullable();

const values = {
  oldValueJson: json.meta({ description: "As it was; null for what was not there." }),
  newValueJson: json.meta({ description: "As it is; null for what is there no more." }),
};

const kind = z.enum(["create", "update", "delete"]);
const actorType = z.enum(["user", "account", "system"]);

/** A line of the log (reference §13.7). */
export const auditSchema = z
  .object({
    id: z.string(),
    account: z.object({ id: z.string(), name: z.string() }),
    action: z.object({
      type: kind,
      info: z.string().meta({ description: "What happened: gateway created." }),
      description: z.string(),
      result: z.literal("success"),
      time: z.iso.datetime(),
    }),
    actor: z.object({
      id: z.string(),
      type: actorType,
      context: z.enum(["api_token", "dash", "api"]),
      email: z.string().optional(),
      ip_address: z.string().optional(),
      token_id: z.string().optional(),
    }),
    resource: z.object({ id: z.string(), type: z.string(), product: z.string(), scope: z.string() }),
    ...values,
  })
  .meta({ id: "AuditLine" });

/** A page of the log. */
export const auditPageSchema = z.object({
  success: z.literal(true),
  errors: z.array(z.unknown()),
  messages: z.array(z.unknown()),
  result: z.array(auditSchema),
  result_info: z.object({
    count: z.int(),
    cursors: z.object({ after: z.string() }).meta({ description: "after is empty on the last page." }),
  }),
});

/** A line of the log in its older form. */
export const oldAuditSchema = z
  .object({
    id: z.string(),
    when: z.iso.datetime(),
    action: z.object({ info: z.string(), result: z.literal(true), type: kind }),
    actor: z.object({ id: z.string(), email: z.string(), ip: z.string(), type: actorType }),
    interface: z.string(),
    metadata: z.object({}),
    oldValue: z.string(),
    newValue: z.string(),
    ...values,
    owner: z.object({ id: z.string() }),
    resource: z.object({ id: z.string(), type: z.string() }),
  })
  .meta({ id: "OldAuditLine" });
