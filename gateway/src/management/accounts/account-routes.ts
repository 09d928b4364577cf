import { z } from "zod";
import { accountsWhere } from "../../access/caller.ts";
import type { SettingsObject } from "../../core/settings-object.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireObject } from "../find-settings.ts";
import { pageOf, pageQuery } from "../list-page.ts";
import { queryWord } from "../parse-query.ts";
import { accountParams, noParams } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";

const accountSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.literal("standard"),
    created_on: z.iso.datetime(),
    settings: z.object({ enforce_twofactor: z.boolean() }),
  })
  .meta({ id: "Account" });

/** Accounts as clients look them up before anything else. */
export function accountRoutes({ desk }: SettingsRoutesOptions): Route[] {
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
      answer: { kind: "result", schema: accountSchema },
      handle: ({ params: { accountId: id } }) =>
        success(showAccount(requireObject(desk.current, { accountId: id, kind: "account", id }))),
    }),
  ];
}

function showAccount({ id, value, createdAtMs }: SettingsObject): z.output<typeof accountSchema> {
  return {
    id,
    name: String(value["name"] ?? id),
    type: "standard",
    created_on: new Date(createdAtMs).toISOString(),
    settings: { enforce_twofactor: false },
  };
}
