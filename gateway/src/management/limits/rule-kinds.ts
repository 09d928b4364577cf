import { z } from "zod";
import type { Permission } from "../../access/permissions.ts";
import { budgetRule, budgetSchema, type BudgetSettings } from "../../limits/budget-settings.ts";
import type { LimitRule } from "../../limits/limit-rule.ts";
import { limitRule, limitSchema, type LimitSettings } from "../../limits/limit-settings.ts";
import type { JsonObject } from "../../core/gateway-settings.ts";
import type { RouteTag } from "../route-tags.ts";

/** What the routes of limits and those of budgets differ in. */
export interface RuleKind {
  readonly kind: "limit" | "budget";
  readonly noun: string;
  readonly tag: RouteTag;
  readonly path: string;
  readonly auditType: "ai_gateway.limit" | "ai_gateway.budget";
  readonly read: Permission;
  readonly edit: Permission;
  /** Body of a new one. */
  readonly createBody: z.ZodType<JsonObject & { readonly id: string }>;
  /** Body of a change; its id is ignored. */
  readonly updateBody: z.ZodType<JsonObject>;
  readonly ruleOf: (place: { readonly accountId: string; readonly id: string }, value: JsonObject) => LimitRule;
}

const ruleId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, {
    error: "Expected 1 to 64 letters, digits, _ and -, the first a letter or digit",
  })
  .meta({ description: "Names it in errors and headers." });

/** What answers tell and bodies may bring along, as when what was read is written back. */
const ignored = {
  created_at: z.unknown().optional(),
  modified_at: z.unknown().optional(),
  managed_by: z.unknown().optional(),
};
const limitExample = { metric: "requests", limit: 100, window: 60, per: ["user"] };
const budgetExample = { limit: 100, period: "month", per: ["metadata.team"] };

/** Limits of requests, tokens, money and concurrency. */
export const limitKind: RuleKind = {
  kind: "limit",
  noun: "limit",
  tag: "Limits",
  path: "/api/accounts/:accountId/limits",
  auditType: "ai_gateway.limit",
  read: "limits.read",
  edit: "limits.edit",
  createBody: limitSchema
    .safeExtend({ id: ruleId, ...ignored })
    .meta({ examples: [{ id: "per-user", ...limitExample }] }),
  updateBody: limitSchema.safeExtend({ id: ignored.managed_by, ...ignored }).meta({ examples: [limitExample] }),
  ruleOf: (place, value) => limitRule(place, value as unknown as LimitSettings),
};

/** Limits of money by the calendar. */
export const budgetKind: RuleKind = {
  kind: "budget",
  noun: "budget",
  tag: "Budgets",
  path: "/api/accounts/:accountId/budgets",
  auditType: "ai_gateway.budget",
  read: "budgets.read",
  edit: "budgets.edit",
  createBody: budgetSchema
    .safeExtend({ id: ruleId, ...ignored })
    .meta({ examples: [{ id: "team-month", ...budgetExample }] }),
  updateBody: budgetSchema.safeExtend({ id: ignored.managed_by, ...ignored }).meta({ examples: [budgetExample] }),
  ruleOf: (place, value) => budgetRule(place, value as unknown as BudgetSettings),
};
