import { z } from "zod";
import { askSettings } from "../change-settings.ts";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { ManagementError } from "../management-error.ts";
import { idParam, noParams } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { applyDocument, diffDocument, rollBack } from "./apply-document.ts";
import { exportConfig } from "./export-config.ts";
import { changesSchema, documentBody, exportQuery, rollbackBody, versionSchema, versionsQuery } from "./schemas.ts";
import { showVersion } from "./show-version.ts";

const versionParams = z.object({ version: idParam("Number of a version.") });
const tag = "Configuration";

/** Every route of the settings as a whole: history, roll-back, export, difference, application. */
export function configRoutes(options: SettingsRoutesOptions): Route[] {
  return [...historyRoutes(options), ...documentRoutes(options)];
}

function historyRoutes(options: SettingsRoutesOptions): Route[] {
  const { store } = options;
  return [
    defineRoute({
      method: "GET",
      path: "/api/config/versions",
      permission: "config.read",
      summary: "List versions of the settings",
      description:
        "Newest first, with who changed what. Changes of accounts that the caller may not read are left out.",
      tag,
      params: noParams,
      query: versionsQuery,
      answer: { kind: "result", schema: z.array(versionSchema) },
      async handle({ request, query }) {
        const versions = await askSettings(store.versions({ before: query.before ?? null, limit: query.limit }));
        return success(versions.map((each) => showVersion(request.caller, each)).filter((shown) => shown !== null));
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/config/versions/:version",
      permission: "config.read",
      summary: "Get a version of the settings",
      tag,
      params: versionParams,
      answer: { kind: "result", schema: versionSchema },
      async handle({ request, params }) {
        const number = /^\d{1,15}$/.test(params.version) ? Number(params.version) : 0;
        const [found] = await askSettings(store.versions({ before: number + 1, limit: 1 }));
        const shown = found?.version === number ? showVersion(request.caller, found) : null;
        if (shown === null) throw new ManagementError("notFound");
        return success(shown);
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/config/rollback",
      permission: "config.edit",
      summary: "Go back to a version of the settings",
      description: "Makes a new version with what was then. Tokens, people, keys and secrets stay as they are.",
      tag,
      params: noParams,
      body: rollbackBody,
      answer: { kind: "result", schema: changesSchema },
      handle: (asked) => rollBack(asked, options),
    }),
  ];
}

function documentRoutes(options: SettingsRoutesOptions): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/config/export",
      permission: "config.read",
      summary: "Export what the API set",
      description: "YAML in the form of the configuration file. Keys, tokens and people are not in it.",
      tag,
      params: noParams,
      query: exportQuery,
      answer: { kind: "bytes", contentTypes: ["application/yaml"] },
      handle: (asked) => exportConfig(asked, options),
    }),
    defineRoute({
      method: "POST",
      path: "/api/config/diff",
      permission: "config.edit",
      summary: "Tell what a document would change",
      tag,
      params: noParams,
      body: documentBody,
      answer: { kind: "result", schema: changesSchema },
      handle: (asked) => diffDocument(asked, options),
    }),
    defineRoute({
      method: "POST",
      path: "/api/config/apply",
      permission: "config.edit",
      summary: "Apply a document",
      description: "Makes the accounts it names as it says, all of it or nothing; others stay as they are.",
      tag,
      params: noParams,
      body: documentBody,
      answer: { kind: "result", schema: changesSchema },
      handle: (asked) => applyDocument(asked, options),
    }),
  ];
}
