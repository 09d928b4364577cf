import { z } from "zod";
import { queryInteger, queryTime, queryWord } from "../parse-query.ts";

/** Query of the list of events. */
export const eventsQuery = z.object({
  type: queryWord(["budget_threshold"]).optional().meta({ description: "Only events of that type." }),
  budget: z.string().min(1).max(64).optional().meta({ description: "Only events about that budget." }),
  since: queryTime.optional().meta({ description: "Only from then on, RFC 3339." }),
  before: queryTime.optional().meta({ description: "Only before then, RFC 3339." }),
  limit: queryInteger({ min: 1, max: 1000 }).default(100),
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, { error: "Expected result_info.cursors.after of the page before" })
    .optional()
    .meta({ description: "Where the page before ended: its result_info.cursors.after." }),
});

/** An event as it is told, here and to the alert webhook. */
export const eventSchema = z
  .object({
    id: z.string(),
    type: z.literal("budget_threshold"),
    created_at: z.iso.datetime(),
    account: z.string(),
    gateway: z.string().meta({ description: "Gateway of the request that went past it." }),
    budget: z.string(),
    split: z.array(z.string().nullable()).meta({
      description:
        "Values of what the budget is split by, in the order of `per` and `key`; empty where it is not split.",
    }),
    threshold: z.number().meta({ description: "Percent of the limit." }),
    spent: z.number().meta({ description: "US dollars, right after the request." }),
    limit: z.number().meta({ description: "US dollars." }),
    since: z.iso.datetime().meta({ description: "Start of the period." }),
  })
  .meta({ id: "Event", description: "Something that operators may want to be told of." });

/** A page of events. */
export const eventPageSchema = z.object({
  success: z.literal(true),
  errors: z.array(z.unknown()),
  messages: z.array(z.unknown()),
  result: z.array(eventSchema),
  result_info: z.object({
    count: z.int(),
    cursors: z.object({ after: z.string() }).meta({ description: "after is empty on the last page." }),
  }),
});
