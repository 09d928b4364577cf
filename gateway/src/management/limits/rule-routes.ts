import { z } from "zod";
import type { JsonObject } from "../../core/gateway-settings.ts";
import type { SettingsObject } from "../../core/settings-object.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { managedBy, refuseFileManaged, requireAccount, requireObject, shownTimes } from "../find-settings.ts";
import { pageOf, pageQuery } from "../list-page.ts";
import { ManagementError } from "../management-error.ts";
import { accountParams, idParam } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { usageRoute } from "./usage-route.ts";
import type { RuleKind } from "./rule-kinds.ts";

/** Most limits, and most budgets, of an account: every worker holds all of them, and requests are held against those of their gateway. */
const MOST_RULES = 100;

/** Every route of the limits, or of the budgets, of an account. */
export function ruleRoutes(rules: RuleKind, options: SettingsRoutesOptions): Route[] {
  return [...listAndCreate(rules, options), ...oneRule(rules, options), usageRoute(rules, options)];
}

function shownSchema(rules: RuleKind): z.ZodType {
  return z
    .looseObject({ id: z.string(), enabled: z.boolean(), created_at: z.iso.datetime(), modified_at: z.iso.datetime() })
    .meta({ id: rules.kind === "limit" ? "Limit" : "Budget" });
}

function showRule(rule: SettingsObject): JsonObject {
  return { id: rule.id, ...rule.value, ...shownTimes(rule), ...managedBy(rule) };
}

/** What is kept of a checked body. */
function settingsIn(body: JsonObject): JsonObject {
  const beside = new Set(["id", "created_at", "modified_at", "managed_by"]);
  return Object.fromEntries(Object.entries(body).filter(([name]) => !beside.has(name)));
}

function listAndCreate(rules: RuleKind, options: SettingsRoutesOptions): Route[] {
  const { desk } = options;
  const { kind, noun, tag, path, auditType } = rules;
  return [
    defineRoute({
      method: "GET",
      path,
      permission: rules.read,
      summary: `List ${noun}s`,
      tag,
      params: accountParams,
      query: pageQuery,
      answer: { kind: "page", item: shownSchema(rules) },
      handle({ params: { accountId }, query }) {
        requireAccount(desk.current, accountId);
        return pageOf(desk.current.list(accountId, kind).map(showRule), query);
      },
    }),
    defineRoute({
      method: "POST",
      path,
      permission: rules.edit,
      summary: `Create a ${noun}`,
      description: "It holds in every worker within a second. What is left out has its default.",
      tag,
      params: accountParams,
      body: rules.createBody,
      answer: { kind: "result", schema: shownSchema(rules) },
      async handle({ request, params: { accountId }, body }) {
        const { id } = body;
        const value = settingsIn(body);
        await changeSettings(options, request, (model) => {
          requireAccount(model, accountId);
          if (model.get(accountId, kind, id) !== undefined) {
            throw new ManagementError("conflict", [
              { message: `A ${noun} with this id already exists`, path: ["body", "id"] },
            ]);
          }
          if (model.list(accountId, kind).length >= MOST_RULES) {
            throw new ManagementError("invalid", [{ message: `An account has at most ${MOST_RULES} ${noun}s` }]);
          }
          const audit = [auditDraft(auditType, "created", { accountId, id, before: null, after: value })];
          return { writes: [{ put: { accountId, kind, id, value } }], audit, result: null };
        });
        return success(showRule(requireObject(desk.current, { accountId, kind, id })));
      },
    }),
  ];
}

function oneRule(rules: RuleKind, options: SettingsRoutesOptions): Route[] {
  const { desk } = options;
  const { kind, noun, tag, auditType } = rules;
  const params = accountParams.extend({ ruleId: idParam(`Id of a ${noun}.`) });
  const one = {
    path: `${rules.path}/:ruleId`,
    tag,
    params,
    answer: { kind: "result", schema: shownSchema(rules) },
  } as const;
  const keyOf = ({ accountId, ruleId: id }: { readonly accountId: string; readonly ruleId: string }) => ({
    accountId,
    kind,
    id,
  });
  return [
    defineRoute({
      ...one,
      method: "GET",
      permission: rules.read,
      summary: `Get a ${noun}`,
      handle: ({ params: asked }) => success(showRule(requireObject(desk.current, keyOf(asked)))),
    }),
    defineRoute({
      ...one,
      method: "PUT",
      permission: rules.edit,
      summary: `Change a ${noun}`,
      description:
        "What is left out has its default. Its count goes on, unless the kind or length of its window is another.",
      body: rules.updateBody,
      async handle({ request, params: asked, body }) {
        const key = keyOf(asked);
        const value = settingsIn(body);
        await changeSettings(options, request, (model) => {
          const known = requireObject(model, key);
          refuseFileManaged(known);
          const audit = [auditDraft(auditType, "updated", { ...key, before: known.value, after: value })];
          return { writes: [{ put: { ...key, value } }], audit, result: null };
        });
        return success(showRule(requireObject(desk.current, key)));
      },
    }),
    defineRoute({
      ...one,
      method: "DELETE",
      permission: rules.edit,
      summary: `Delete a ${noun}`,
      async handle({ request, params: asked }) {
        const key = keyOf(asked);
        const deleted = await changeSettings(options, request, (model) => {
          const known = requireObject(model, key);
          refuseFileManaged(known);
          const audit = [auditDraft(auditType, "deleted", { ...key, before: known.value, after: null })];
          return { writes: [{ remove: key }], audit, result: known };
        });
        return success(showRule(deleted));
      },
    }),
  ];
}
