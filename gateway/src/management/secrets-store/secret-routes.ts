import { z } from "zod";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { pageOf } from "../list-page.ts";
import { idParam } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { createSecrets } from "./create-secrets.ts";
import { deleteSecrets } from "./delete-secrets.ts";
import { duplicateSecret } from "./duplicate-secret.ts";
import { auditedSecret, requireSecret, requireStore, secretsOf, showSecret } from "./find-secret.ts";
import { inOrder } from "./in-order.ts";
import { previewOf, withPreviews } from "./previews.ts";
import { bulkDeleteBody, duplicateBody, secretPatch, secretSchema, secretsBody, secretsQuery } from "./schemas.ts";
import { sealGiven } from "./seal-given.ts";
import { storeParams, storesPath } from "./store-routes.ts";

const secretsPath = `${storesPath}/:storeId/secrets`;
const all = { path: secretsPath, tag: "Secrets Store", params: storeParams } as const;
const one = {
  path: `${secretsPath}/:secretId`,
  tag: "Secrets Store",
  params: storeParams.extend({ secretId: idParam("Id of a secret.") }),
  answer: { kind: "result", schema: secretSchema },
} as const;

/** Every route of secrets (reference §18). */
export function secretRoutes(options: SettingsRoutesOptions): Route[] {
  return [...allSecretsRoutes(options), ...oneSecretRoutes(options)];
}

function allSecretsRoutes(options: SettingsRoutesOptions): Route[] {
  const { desk } = options;
  return [
    defineRoute({
      ...all,
      method: "GET",
      permission: "secrets.read",
      summary: "List secrets",
      query: secretsQuery,
      answer: { kind: "page", item: secretSchema },
      handle({ params, query }) {
        requireStore(desk.current, params);
        const { search = "", scopes = [] } = query;
        const part = search.toLowerCase();
        const found = secretsOf(desk.current, params)
          .filter(({ value }) => `${String(value["name"])}\n${String(value["comment"])}`.toLowerCase().includes(part))
          .filter(({ value }) => scopes.every((scope) => (value["scopes"] as readonly string[]).includes(scope)));
        return pageOf(inOrder(found.map(showSecret), query), query);
      },
    }),
    defineRoute({
      ...all,
      method: "POST",
      permission: "secrets.edit",
      summary: "Create secrets",
      description: "All of them, or none.",
      body: secretsBody,
      answer: { kind: "result", schema: z.array(secretSchema) },
      handle: (asked) => createSecrets(asked, options),
    }),
    defineRoute({
      ...all,
      method: "DELETE",
      permission: "secrets.edit",
      summary: "Delete secrets",
      description: "All of them, or none. One that is in use is refused.",
      body: bulkDeleteBody,
      answer: { kind: "result", schema: z.array(secretSchema) },
      async handle({ request, params, body }) {
        const ids = [...new Set(body.map(({ id }) => id))];
        return success(await deleteSecrets({ request, place: params, ids }, options));
      },
    }),
  ];
}

function oneSecretRoutes(options: SettingsRoutesOptions): Route[] {
  const { desk } = options;
  return [
    defineRoute({
      ...one,
      method: "GET",
      permission: "secrets.read",
      summary: "Get a secret",
      description: "Everything but its value.",
      handle: ({ params }) => success(showSecret(requireSecret(desk.current, params))),
    }),
    defineRoute({
      ...one,
      method: "PATCH",
      permission: "secrets.edit",
      summary: "Change a secret",
      description: "What is left out stays as it is. A new value counts for every key that uses it.",
      body: secretPatch,
      async handle({ request, params, body: { value, reference, ...rest } }) {
        const { accountId, secretId: id } = params;
        requireSecret(desk.current, params);
        const isNew = value !== undefined || reference !== undefined;
        const kept = isNew
          ? sealGiven({ value, reference }, { accountId, id, place: ["body", "value"] }, { request, options })
          : null;
        await changeSettings(options, request, (model) => {
          const secret = requireSecret(model, params);
          const { sealed, reference: old, ...others } = secret.value;
          const stays = old === undefined ? { sealed } : { reference: old };
          const after = {
            ...others,
            ...rest,
            ...(kept ?? stays),
            ...(isNew ? { preview: previewOf({ value, reference }) } : {}),
          };
          const previews = isNew
            ? withPreviews(model, { accountId, secretId: id, preview: previewOf({ value, reference }) })
            : [];
          const audit = [
            auditDraft("secrets_store.secret", "updated", {
              accountId,
              id,
              before: auditedSecret(secret.value),
              after: { ...auditedSecret(after), ...(isNew ? { value_changed: true } : {}) },
            }),
          ];
          return {
            writes: [{ put: { accountId, kind: "secret", id, value: after } }, ...previews],
            audit,
            result: null,
          };
        });
        return success(showSecret(requireSecret(desk.current, params)));
      },
    }),
    defineRoute({
      ...one,
      method: "DELETE",
      permission: "secrets.edit",
      summary: "Delete a secret",
      description: "One that is in use is refused.",
      async handle({ request, params: { accountId, storeId, secretId } }) {
        const [deleted] = await deleteSecrets({ request, place: { accountId, storeId }, ids: [secretId] }, options);
        return success(deleted);
      },
    }),
    defineRoute({
      ...one,
      path: `${one.path}/duplicate`,
      method: "POST",
      permission: "secrets.edit",
      summary: "Duplicate a secret",
      description: "The same value under another name of the same store.",
      body: duplicateBody,
      handle: (asked) => duplicateSecret(asked, options),
    }),
  ];
}
