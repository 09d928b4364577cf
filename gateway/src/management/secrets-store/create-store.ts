import type { z } from "zod";
import { newId } from "../../core/ids.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireAccount } from "../find-settings.ts";
import { ManagementError } from "../management-error.ts";
import type { accountParams } from "../path-parameters.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { requireStore, showStore } from "./find-secret.ts";
import type { storeBody } from "./schemas.ts";

/** Most stores of an account. */
const MOST_STORES = 100;

/**
 * `POST …/secrets_store/stores` (reference §18).
 * @throws ManagementError 409 code 7001 with path `["body", "name"]` for a name that is taken; 404 code 7002 for an unknown account.
 */
export async function createStore(
  { request, params: { accountId }, body }: Asked<typeof accountParams, z.ZodObject, typeof storeBody>,
  options: SettingsRoutesOptions,
): Promise<Response> {
  const storeId = newId();
  await changeSettings(options, request, (model) => {
    requireAccount(model, accountId);
    refuseStore(model, accountId, body.name);
    const audit = [auditDraft("secrets_store.store", "created", { accountId, id: storeId, before: null, after: body })];
    const put = { accountId, kind: "secrets-store", id: storeId, value: body } as const;
    return { writes: [{ put }], audit, result: null };
  });
  return success(showStore(requireStore(options.desk.current, { accountId, storeId })));
}

function refuseStore(model: SettingsModel, accountId: string, name: string): void {
  const known = model.list(accountId, "secrets-store");
  if (known.some(({ value }) => value["name"] === name)) {
    throw new ManagementError("conflict", [
      { message: "A store with this name already exists", path: ["body", "name"] },
    ]);
  }
  if (known.length >= MOST_STORES) {
    throw new ManagementError("invalid", [{ message: `An account has at most ${MOST_STORES} secrets stores` }]);
  }
}
