import { z } from "zod";
import { defineRoute } from "../define-route.ts";
import { type Notice, success } from "../envelope.ts";
import { requireAccount } from "../find-settings.ts";
import { ManagementError } from "../management-error.ts";
import { accountParams } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { type BillingSetting, billingSetting, setBillingSetting } from "./billing-settings.ts";
import {
  balanceSchema,
  invoicePreviewSchema,
  invoicesQuery,
  invoicesSchema,
  spendingLimitBody,
  spendingLimitSchema,
  topupBody,
  topupConfigBody,
  topupStateSchema,
  topupStatusBody,
  usageQuery,
  usageSchema,
} from "./schemas.ts";

const billingPath = "/client/v4/accounts/:accountId/ai-gateway/billing";
const shared = { tag: "Billing", params: accountParams } as const;
const reading = { ...shared, method: "GET", permission: "billing.read" } as const;
const empty = z.object({});

/** Nothing is sold here, and no text may read as if it were. */
const keptInVain: readonly Notice[] = [
  { code: 9100, message: "This is kept and has no effect: providers are paid with keys of your own" },
];

const limitInVain: readonly Notice[] = [
  { code: 9100, message: "This is kept and has no effect: spend_limits of gateways and budgets limit what is spent" },
];

/** The product's calls about prepaid credits (reference §14.10): what may be set is kept, what would cost money is refused. */
export function billingRoutes(options: SettingsRoutesOptions): Route[] {
  return [...readingRoutes(options), ...topupRoutes(options), ...topupConfigRoutes(options), ...limitRoutes(options)];
}

function readingRoutes({ desk }: SettingsRoutesOptions): Route[] {
  return [
    defineRoute({
      ...reading,
      path: `${billingPath}/credit-balance`,
      summary: "Get the credit balance",
      answer: { kind: "result", schema: balanceSchema },
      handle: ({ params: { accountId } }) =>
        success({
          balance: 0,
          has_default_payment_method: false,
          payment_method: null,
          topup_config: topupState(billingSetting(desk.current, accountId, "topup")),
          first_topup_success: false,
        }),
    }),
    defineRoute({
      ...reading,
      path: `${billingPath}/invoice-history`,
      summary: "List invoices",
      query: invoicesQuery,
      answer: { kind: "result", schema: invoicesSchema },
      handle({ params: { accountId } }) {
        requireAccount(desk.current, accountId);
        return success({ invoices: [], pagination: { has_more: false, page: 1, per_page: 20, total_count: 0 } });
      },
    }),
    defineRoute({
      ...reading,
      path: `${billingPath}/invoice-preview`,
      summary: "Preview the next invoice",
      answer: { kind: "result", schema: invoicePreviewSchema },
      handle({ params: { accountId } }) {
        requireAccount(desk.current, accountId);
        return success(emptyInvoice(new Date()));
      },
    }),
    defineRoute({
      ...reading,
      path: `${billingPath}/usage-history`,
      summary: "List usage of credits",
      query: usageQuery,
      answer: { kind: "result", schema: usageSchema },
      handle({ params: { accountId } }) {
        requireAccount(desk.current, accountId);
        return success({ history: [] });
      },
    }),
  ];
}

function topupRoutes({ desk }: SettingsRoutesOptions): Route[] {
  const editing = { ...shared, method: "POST", permission: "billing.edit" } as const;
  return [
    defineRoute({
      ...editing,
      path: `${billingPath}/topup`,
      summary: "Buy credits",
      description: "Refused: there is nothing to buy.",
      body: topupBody,
      answer: { kind: "result", schema: empty },
      handle({ params: { accountId } }) {
        requireAccount(desk.current, accountId);
        const message = "There are no credits to buy: providers are paid with keys of your own";
        throw new ManagementError("invalid", [{ message, path: ["body", "amount"] }]);
      },
    }),
    defineRoute({
      ...editing,
      path: `${billingPath}/topup/status`,
      summary: "Get the state of a purchase of credits",
      description: "There are none.",
      body: topupStatusBody,
      answer: { kind: "result", schema: empty },
      handle({ params: { accountId } }) {
        requireAccount(desk.current, accountId);
        throw new ManagementError("notFound", [{ message: "Not Found", path: ["body", "payment_intent_id"] }]);
      },
    }),
  ];
}

function topupConfigRoutes(options: SettingsRoutesOptions): Route[] {
  const path = `${billingPath}/topup/config`;
  return [
    defineRoute({
      ...reading,
      path,
      summary: "Get the automatic top-up",
      answer: { kind: "result", schema: topupStateSchema },
      handle: ({ params: { accountId } }) =>
        success(topupState(billingSetting(options.desk.current, accountId, "topup"))),
    }),
    defineRoute({
      ...shared,
      method: "POST",
      permission: "billing.edit",
      path,
      summary: "Set the automatic top-up",
      description: "Kept without effect.",
      body: topupConfigBody,
      answer: { kind: "result", schema: topupConfigBody },
      async handle({ request, params: { accountId }, body }) {
        await setBillingSetting(options, request, { accountId, setting: "topup", value: body });
        return success(body, undefined, keptInVain);
      },
    }),
    deletion(options, { path, summary: "Delete the automatic top-up", setting: "topup" }),
  ];
}

function limitRoutes(options: SettingsRoutesOptions): Route[] {
  const path = `${billingPath}/spending-limit`;
  const answer = { kind: "result", schema: spendingLimitSchema } as const;
  const shown = (accountId: string): object => {
    const config = billingSetting(options.desk.current, accountId, "spendingLimit");
    return { enabled: config !== null, config: config ?? { amount: null, duration: null, strategy: null } };
  };
  return [
    defineRoute({
      ...reading,
      path,
      summary: "Get the spending limit",
      answer,
      handle: ({ params: { accountId } }) => success(shown(accountId)),
    }),
    defineRoute({
      ...shared,
      method: "POST",
      permission: "billing.edit",
      path,
      summary: "Set the spending limit",
      description: "Kept without effect: `spend_limits` of gateways and budgets limit what is spent.",
      body: spendingLimitBody,
      answer,
      async handle({ request, params: { accountId }, body }) {
        await setBillingSetting(options, request, { accountId, setting: "spendingLimit", value: body });
        return success(shown(accountId), undefined, limitInVain);
      },
    }),
    deletion(options, { path, summary: "Delete the spending limit", setting: "spendingLimit" }),
  ];
}

function deletion(
  options: SettingsRoutesOptions,
  { path, summary, setting }: { readonly path: string; readonly summary: string; readonly setting: BillingSetting },
): Route {
  return defineRoute({
    ...shared,
    method: "DELETE",
    permission: "billing.edit",
    path,
    summary,
    answer: { kind: "result", schema: empty },
    async handle({ request, params: { accountId } }) {
      await setBillingSetting(options, request, { accountId, setting, value: null });
      return success({});
    },
  });
}

function topupState(config: Readonly<Record<string, unknown>> | null): object {
  const { amount = null, threshold = null } = config ?? {};
  return { amount, threshold, disabledReason: null, error: null, lastFailedAt: null };
}

function emptyInvoice(now: Date): object {
  const start = (month: number): number => Math.floor(Date.UTC(now.getUTCFullYear(), month) / 1000);
  return {
    id: "preview",
    amount_due: 0,
    amount_paid: 0,
    amount_remaining: 0,
    currency: "usd",
    invoice_lines: [],
    period_start: start(now.getUTCMonth()),
    period_end: start(now.getUTCMonth() + 1),
    status: "draft",
  };
}
