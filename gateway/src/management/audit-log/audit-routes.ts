import type { z } from "zod";
import { askSettings } from "../change-settings.ts";
import { defineRoute } from "../define-route.ts";
import { success, uncached } from "../envelope.ts";
import { requireAccount } from "../find-settings.ts";
import { accountParams, noParams } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { auditPageSchema, auditQuery, oldAuditQuery, oldAuditSchema } from "./schemas.ts";
import { showLine, showOldLine } from "./show-line.ts";

const shared = { method: "GET", permission: "audit.read", tag: "Audit log" } as const;

/** Every route of the audit log (reference §13.7): of an account, in the product's two forms, and of the whole installation. */
export function auditRoutes(options: SettingsRoutesOptions): Route[] {
  const { desk, store } = options;
  return [
    defineRoute({
      ...shared,
      path: "/client/v4/accounts/:accountId/logs/audit",
      summary: "List changes in an account",
      description: "The newest first.",
      params: accountParams,
      query: auditQuery,
      answer: { kind: "json", schema: auditPageSchema },
      handle({ params: { accountId }, query }) {
        requireAccount(desk.current, accountId);
        return linesAfter(query, { accountId, options });
      },
    }),
    defineRoute({
      ...shared,
      path: "/client/v4/accounts/:accountId/audit_logs",
      summary: "List changes in an account by page",
      description: "The product's older form. The newest first, at most the last 10,000.",
      params: accountParams,
      query: oldAuditQuery,
      answer: { kind: "page", item: oldAuditSchema },
      async handle({ params: { accountId }, query }) {
        requireAccount(desk.current, accountId);
        const { page, per_page: perPage, since, before } = query;
        const limit = Math.min(page * perPage, 10_000);
        const asked = { accountId, sinceMs: since ?? null, beforeMs: before ?? null, olderThan: null, limit };
        const entries = await askSettings(store.audit(asked));
        const shown = entries.slice((page - 1) * perPage).map(showOldLine);
        return success(shown, { count: shown.length, page, per_page: perPage, total_count: entries.length });
      },
    }),
    defineRoute({
      ...shared,
      path: "/api/audit",
      isOfAllAccounts: true,
      summary: "List changes in the installation",
      description: "Of all accounts and of what belongs to none; for callers who may read the audit log everywhere.",
      params: noParams,
      query: auditQuery,
      answer: { kind: "json", schema: auditPageSchema },
      handle: ({ query }) => linesAfter(query, { accountId: null, options }),
    }),
  ];
}

/** One more line than asked for tells whether there is another page. */
async function linesAfter(
  { since, before, limit, cursor }: z.output<typeof auditQuery>,
  { accountId, options }: { readonly accountId: string | null; readonly options: SettingsRoutesOptions },
): Promise<Response> {
  const asked = {
    accountId,
    sinceMs: since ?? null,
    beforeMs: before ?? null,
    olderThan: cursor ?? null,
    limit: limit + 1,
  };
  const entries = await askSettings(options.store.audit(asked));
  const shown = entries.slice(0, limit);
  const after = entries.length > limit ? (shown.at(-1)?.id ?? "") : "";
  const result = shown.map((entry) => showLine(entry, options.desk.current));
  const info = { count: shown.length, cursors: { after } };
  return Response.json({ success: true, errors: [], messages: [], result, result_info: info }, { headers: uncached });
}
