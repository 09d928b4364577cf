import { z } from "zod";
import { accountsWhere } from "../../access/caller.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireObject } from "../find-settings.ts";
import { pageOf, pageQuery } from "../list-page.ts";
import { queryWord } from "../parse-query.ts";
import { accountParams, noParams } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { createAccount, deleteAccount, renameAccount } from "./change-accounts.ts";
import { accountSchema, createAccountBody, updateAccountBody } from "./schemas.ts";
import { showAccount } from "./show-account.ts";

const answer = { kind: "result", schema: accountSchema } as const;

/** Every route of accounts themselves; clients look them up before anything else. */
export function accountRoutes(options: SettingsRoutesOptions): Route[] {
  const { desk } = options;
  return [
    defineRoute({
      method: "GET",
      path: "/client/v4/accounts",
      permission: "accounts.read",
      summary: "List accounts",
      description: "Those in which the caller may read accounts.",
      tag: "Accounts",
      params: noParams,
      query: pageQuery.extend({
        name: z.string().max(256).optional().meta({ description: "The whole name." }),
        direction: queryWord(["asc", "desc"]).default("asc"),
      }),
      answer: { kind: "page", item: accountSchema },
      handle({ request: { caller }, query }) {
        const visible = accountsWhere(caller, "accounts.read");
        const ids = desk.current.accountIds.filter((id) => visible === null || visible.includes(id));
        const rows = ids
          .map((id) => showAccount(requireObject(desk.current, { accountId: id, kind: "account", id })))
          .filter(({ name }) => query.name === undefined || name === query.name);
        return pageOf(query.direction === "asc" ? rows : rows.toReversed(), query);
      },
    }),
    defineRoute({
      method: "GET",
      path: "/client/v4/accounts/:accountId",
      permission: "accounts.read",
      summary: "Get an account",
      tag: "Accounts",
      params: accountParams,
      answer,
      handle: ({ params: { accountId: id } }) =>
        success(showAccount(requireObject(desk.current, { accountId: id, kind: "account", id }))),
    }),
    ...accountChanges(options),
  ];
}

function accountChanges(options: SettingsRoutesOptions): Route[] {
  const shared = { permission: "accounts.edit", tag: "Accounts" } as const;
  const path = "/client/v4/accounts/:accountId";
  return [
    defineRoute({
      ...shared,
      method: "POST",
      path: "/client/v4/accounts",
      summary: "Create an account",
      description: "It has a gateway default at once.",
      params: noParams,
      body: createAccountBody,
      answer,
      handle: (asked) => createAccount(asked, options),
    }),
    defineRoute({
      ...shared,
      method: "PUT",
      path,
      summary: "Rename an account",
      params: accountParams,
      body: updateAccountBody,
      answer,
      handle: (asked) => renameAccount(asked, options),
    }),
    defineRoute({
      ...shared,
      method: "DELETE",
      path,
      summary: "Delete an account",
      description: "With its gateways, keys, secrets, tokens and everything else it has; its logs stay.",
      params: accountParams,
      answer: { kind: "result", schema: z.object({ id: z.string() }) },
      handle: (asked) => deleteAccount(asked, options),
    }),
  ];
}
