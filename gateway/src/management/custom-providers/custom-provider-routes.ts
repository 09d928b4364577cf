import type { SettingsObject } from "../../core/settings-object.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { refuseFileManaged, requireAccount } from "../find-settings.ts";
import { pageOf } from "../list-page.ts";
import { accountParams, idParam } from "../path-parameters.ts";
import { keysOfProvider } from "../provider-configs/remove-keys.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { changeCustomProvider, requireProvider } from "./change-custom-provider.ts";
import { createCustomProvider } from "./create-custom-provider.ts";
import { createBody, customProviderSchema, providersQuery, updateBody } from "./schemas.ts";
import { auditedProvider, showCustomProvider } from "./show-custom-provider.ts";

const providersPath = "/client/v4/accounts/:accountId/ai-gateway/custom-providers";
const all = { path: providersPath, tag: "Custom providers", params: accountParams } as const;
const one = {
  path: `${providersPath}/:providerId`,
  tag: "Custom providers",
  params: accountParams.extend({ providerId: idParam("Id of a custom provider.") }),
  answer: { kind: "result", schema: customProviderSchema },
} as const;

/** Every route of custom providers (reference §14.7). */
export function customProviderRoutes(options: SettingsRoutesOptions): Route[] {
  const { desk } = options;
  return [
    defineRoute({
      ...all,
      method: "GET",
      permission: "providers.read",
      summary: "List custom providers",
      query: providersQuery,
      answer: { kind: "page", item: customProviderSchema },
      handle({ params: { accountId }, query }) {
        requireAccount(desk.current, accountId);
        return pageOf(wanted(desk.current.list(accountId, "custom-provider"), query).map(showCustomProvider), query);
      },
    }),
    defineRoute({
      ...all,
      method: "POST",
      permission: "providers.edit",
      summary: "Create a custom provider",
      description: "Requests reach it under custom- and its slug once it is enabled.",
      body: createBody(options.dialects),
      answer: one.answer,
      handle: (asked) => createCustomProvider(asked, options),
    }),
    defineRoute({
      ...one,
      method: "GET",
      permission: "providers.read",
      summary: "Get a custom provider",
      handle: ({ params }) => success(showCustomProvider(requireProvider(desk.current, params))),
    }),
    defineRoute({
      ...one,
      method: "PATCH",
      permission: "providers.edit",
      summary: "Change a custom provider",
      description: "What is left out stays as it is.",
      body: updateBody(options.dialects),
      handle: (asked) => changeCustomProvider(asked, options),
    }),
    defineRoute({
      ...one,
      method: "DELETE",
      permission: "providers.edit",
      summary: "Delete a custom provider",
      description: "The keys stored for it go with it.",
      async handle({ request, params }) {
        const deleted = await changeSettings(options, request, (model) => {
          const provider = requireProvider(model, params);
          refuseFileManaged(provider);
          const { accountId, kind, id, value } = provider;
          const keys = keysOfProvider(model, accountId, `custom-${String(value["slug"])}`);
          const audit = [
            auditDraft("ai_gateway.custom_provider", "deleted", {
              accountId,
              id,
              before: auditedProvider(value),
              after: null,
            }),
          ];
          return { writes: [{ remove: { accountId, kind, id } }, ...keys], audit, result: provider };
        });
        return success(showCustomProvider(deleted));
      },
    }),
  ];
}

interface Wish {
  readonly enable?: boolean | undefined;
  readonly beta?: boolean | undefined;
  readonly search?: string | undefined;
}

/** By name, as the product sorts them. */
function wanted(providers: readonly SettingsObject[], { enable, beta, search = "" }: Wish): SettingsObject[] {
  const part = search.toLowerCase();
  const order = new Intl.Collator("en");
  return providers
    .filter(({ value }) => enable === undefined || value["enable"] === enable)
    .filter(({ value }) => beta === undefined || value["beta"] === beta)
    .filter(({ value }) => `${String(value["name"])}\n${String(value["slug"])}`.toLowerCase().includes(part))
    .toSorted((left, right) => order.compare(String(left.value["name"]), String(right.value["name"])));
}
