import type { JsonObject } from "../../core/gateway-settings.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import type { ManagementRequest } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { auditedSecret, refuseUsed, requireSecret, showSecret } from "./find-secret.ts";

/** Which secrets are to go. */
export interface SecretDeletion {
  readonly request: ManagementRequest;
  readonly place: Readonly<Record<"accountId" | "storeId", string>>;
  readonly ids: readonly string[];
}

/**
 * Deletes secrets of a store, all or none, and answers what they were.
 * @throws ManagementError 404 code 7002 when one is not there; 400 code 7001 when one is in use.
 */
export async function deleteSecrets(
  { request, place, ids }: SecretDeletion,
  options: SettingsRoutesOptions,
): Promise<JsonObject[]> {
  const { accountId } = place;
  const deleted = await changeSettings(options, request, (model) => {
    const secrets = ids.map((secretId) => requireSecret(model, { ...place, secretId }));
    refuseUsed(model, accountId, new Set(ids));
    const audit = secrets.map(({ id, value }) =>
      auditDraft("secrets_store.secret", "deleted", { accountId, id, before: auditedSecret(value), after: null }),
    );
    const writes = secrets.map(({ kind, id }) => ({ remove: { accountId, kind, id } }));
    return { writes, audit, result: secrets };
  });
  return deleted.map((secret) => ({ ...showSecret(secret), status: "deleted" }));
}
