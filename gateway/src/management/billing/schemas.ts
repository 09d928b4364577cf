import { z } from "zod";
import { queryTime, queryWord } from "../parse-query.ts";

const cents = (least: number) => z.number().min(least).max(100_000_000);

/** Body of an automatic top-up (reference §14.10). */
export const topupConfigBody = z.strictObject({
  amount: cents(1000).meta({ description: "US cents." }),
  threshold: cents(500).meta({ description: "Balance in US cents under which more is bought." }),
});

/** Body of a top-up. */
export const topupBody = z.strictObject({
  amount: cents(1000).meta({ description: "US cents." }),
  payment_method_id: z.string().max(256).optional(),
});

/** Body of the question how a top-up went. */
export const topupStatusBody = z.strictObject({ payment_intent_id: z.string().min(1).max(256) });

/** Body of a spending limit. */
export const spendingLimitBody = z.strictObject({
  amount: cents(100).meta({ description: "US cents." }),
  duration: z.enum(["daily", "weekly", "monthly"]),
  strategy: z.enum(["fixed", "sliding"]),
});

/** Query of the invoices. */
export const invoicesQuery = z.object({ type: queryWord(["auto", "manual", "all"]).default("all") });

const unixMs = z
  .string()
  .regex(/^\d{1,15}$/, { error: "Expected Unix milliseconds" })
  .transform(Number)
  .meta({ type: "integer", description: "Unix milliseconds." });

/** Query of what was used. */
export const usageQuery = z.object({
  value_grouping_window: queryWord(["day", "hour"]),
  start_time: z.union([unixMs, queryTime]).optional(),
  end_time: z.union([unixMs, queryTime]).optional(),
});

const topupState = z.object({
  amount: z.number().nullable(),
  threshold: z.number().nullable(),
  disabledReason: z.string().nullable(),
  error: z.string().nullable(),
  lastFailedAt: z.number().nullable(),
});

/** An automatic top-up as it is answered. */
export const topupStateSchema = topupState;

/** The balance as it is answered. */
export const balanceSchema = z.object({
  balance: z.number(),
  has_default_payment_method: z.boolean(),
  payment_method: z.null(),
  topup_config: topupState,
  first_topup_success: z.boolean(),
});

const invoice = z.looseObject({ id: z.string() });

/** Invoices as they are answered. */
export const invoicesSchema = z.object({
  invoices: z.array(invoice),
  pagination: z.object({ has_more: z.boolean(), page: z.int(), per_page: z.int(), total_count: z.int() }),
});

/** The next invoice as it is answered. */
export const invoicePreviewSchema = z.object({
  id: z.string(),
  amount_due: z.number(),
  amount_paid: z.number(),
  amount_remaining: z.number(),
  currency: z.string(),
  invoice_lines: z.array(invoice),
  period_start: z.int().meta({ description: "Unix seconds." }),
  period_end: z.int().meta({ description: "Unix seconds." }),
  status: z.literal("draft"),
});

/** What was used, as it is answered. */
export const usageSchema = z.object({
  history: z.array(
    z.object({ id: z.string(), aggregated_value: z.number(), start_time: z.number(), end_time: z.number() }),
  ),
});

/** A spending limit as it is answered. */
export const spendingLimitSchema = z.object({
  enabled: z.boolean(),
  config: z.object({
    amount: z.number().nullable(),
    duration: z.string().nullable(),
    strategy: z.string().nullable(),
  }),
});
