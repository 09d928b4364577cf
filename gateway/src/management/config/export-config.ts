import { stringify } from "yaml";
import type { z } from "zod";
import { accountsWhere } from "../../access/caller.ts";
import { exportSettings } from "../../settings/settings-document.ts";
import type { Asked } from "../define-route.ts";
import { uncached } from "../envelope.ts";
import { requireAccount } from "../find-settings.ts";
import type { noParams } from "../path-parameters.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import type { exportQuery } from "./schemas.ts";

/**
 * `GET /api/config/export`: what the API set, as YAML in the form of the configuration file. Put into the file it says the same; applied
 * elsewhere it sets the same. Keys, tokens and people are not in it.
 * @throws ManagementError 404 code 7002 for an account that is not there; 403 code 10000 for one the caller may not read.
 */
export function exportConfig(
  { request, query }: Asked<typeof noParams, typeof exportQuery, z.ZodType>,
  { desk, documents }: SettingsRoutesOptions,
): Response {
  const { account } = query;
  const model = desk.current;
  if (account !== undefined) {
    request.require("config.read", account);
    requireAccount(model, account);
  }
  const readable = accountsWhere(request.caller, "config.read") ?? model.accountIds;
  const accountIds = account === undefined ? model.accountIds.filter((id) => readable.includes(id)) : [account];
  const { document, unsaid } = exportSettings(model, accountIds, documents.unsaidMembers);
  const notes = unsaid.map(
    ({ path, value }) => `# not in the file by this version: ${path} = ${JSON.stringify(value)}\n`,
  );
  return new Response(notes.join("") + stringify(document, { nullStr: "null" }), {
    headers: { ...uncached, "content-type": "application/yaml; charset=utf-8" },
  });
}
