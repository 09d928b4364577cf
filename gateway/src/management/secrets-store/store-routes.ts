import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireAccount } from "../find-settings.ts";
import { pageOf } from "../list-page.ts";
import { ManagementError } from "../management-error.ts";
import { accountParams, idParam } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { createStore } from "./create-store.ts";
import { MOST_SECRETS, refuseUsed, requireStore, secretsOf, showStore } from "./find-secret.ts";
import { inOrder } from "./in-order.ts";
import { quotaSchema, storeBody, storeDeletion, storeSchema, storesQuery } from "./schemas.ts";

const rootPath = "/client/v4/accounts/:accountId/secrets_store";

/** Path of all stores of an account. */
export const storesPath = `${rootPath}/stores`;

/** Parameters of paths that stand in a store. */
export const storeParams = accountParams.extend({ storeId: idParam("Id of a secrets store.") });

const all = { path: storesPath, tag: "Secrets Store", params: accountParams } as const;
const one = { path: `${storesPath}/:storeId`, tag: "Secrets Store", params: storeParams } as const;
const answer = { kind: "result", schema: storeSchema } as const;

/** Every route of secrets stores themselves (reference §18). */
export function storeRoutes(options: SettingsRoutesOptions): Route[] {
  const { desk } = options;
  return [
    defineRoute({
      ...all,
      method: "GET",
      permission: "secrets.read",
      summary: "List secrets stores",
      query: storesQuery,
      answer: { kind: "page", item: storeSchema },
      handle({ params: { accountId }, query }) {
        requireAccount(desk.current, accountId);
        return pageOf(inOrder(desk.current.list(accountId, "secrets-store").map(showStore), query), query);
      },
    }),
    defineRoute({
      ...all,
      method: "POST",
      permission: "secrets.edit",
      summary: "Create a secrets store",
      body: storeBody,
      answer,
      handle: (asked) => createStore(asked, options),
    }),
    defineRoute({
      ...one,
      method: "GET",
      permission: "secrets.read",
      summary: "Get a secrets store",
      answer,
      handle: ({ params }) => success(showStore(requireStore(desk.current, params))),
    }),
    defineRoute({
      ...one,
      method: "DELETE",
      permission: "secrets.edit",
      summary: "Delete a secrets store",
      description: "Refused while it holds secrets, unless forced, and always while one of them is in use.",
      query: storeDeletion,
      answer,
      async handle({ request, params, query: { force } }) {
        const deleted = await changeSettings(options, request, (model) => {
          const store = requireStore(model, params);
          const secrets = secretsOf(model, params);
          if (secrets.length > 0 && !force) {
            const message = `The store holds ${secrets.length} secrets; force=true deletes them with it`;
            throw new ManagementError("invalid", [{ message, path: ["query", "force"] }]);
          }
          const { accountId, id, value } = store;
          refuseUsed(model, accountId, new Set(secrets.map((secret) => secret.id)));
          const writes = [store, ...secrets].map(({ kind, id: each }) => ({ remove: { accountId, kind, id: each } }));
          const audit = [auditDraft("secrets_store.store", "deleted", { accountId, id, before: value, after: null })];
          return { writes, audit, result: store };
        });
        return success(showStore(deleted));
      },
    }),
    defineRoute({
      method: "GET",
      path: `${rootPath}/quota`,
      permission: "secrets.read",
      summary: "Get how many secrets there may be",
      tag: "Secrets Store",
      params: accountParams,
      answer: { kind: "result", schema: quotaSchema },
      handle({ params: { accountId } }) {
        requireAccount(desk.current, accountId);
        return success({ secrets: { quota: MOST_SECRETS, usage: desk.current.list(accountId, "secret").length } });
      },
    }),
  ];
}
