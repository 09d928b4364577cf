import type { z } from "zod";
import type { JsonObject } from "../../core/gateway-settings.ts";
import { newId } from "../../core/ids.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import { type FaultPath, ManagementError } from "../management-error.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { auditedSecret, MOST_SECRETS, requireSecret, requireStore, secretsOf, showSecret } from "./find-secret.ts";
import { previewOf } from "./previews.ts";
import type { secretsBody } from "./schemas.ts";
import { sealGiven } from "./seal-given.ts";
import type { storeParams } from "./store-routes.ts";

/**
 * `POST …/secrets` (reference §18): all secrets of the list, or none.
 * @throws ManagementError 409 code 7001 with path `["body", index, "name"]` for a name that the store has; 400 code 7001.
 */
export async function createSecrets(
  { request, params, body }: Asked<typeof storeParams, z.ZodObject, typeof secretsBody>,
  options: SettingsRoutesOptions,
): Promise<Response> {
  const { accountId, storeId } = params;
  requireStore(options.desk.current, params);
  const drafts = body.map(({ name, value, reference, scopes, comment = "" }, index) => {
    const id = newId();
    const place = ["body", index, "value"];
    const kept = sealGiven({ value, reference }, { accountId, id, place }, { request, options });
    return {
      id,
      value: {
        storeId,
        name,
        scopes,
        comment,
        status: "active",
        preview: previewOf({ value, reference }),
        ...kept,
      } satisfies JsonObject,
    };
  });
  await changeSettings(options, request, (model) => {
    requireStore(model, params);
    for (const [index, { value }] of drafts.entries()) {
      const isTwice = drafts.findIndex((draft) => draft.value.name === value.name) !== index;
      refuseSecret(model, { accountId, storeId, name: value.name, isTwice, path: ["body", index, "name"] });
    }
    refuseTooMany(model, accountId, drafts.length);
    const audit = drafts.map(({ id, value }) =>
      auditDraft("secrets_store.secret", "created", { accountId, id, before: null, after: auditedSecret(value) }),
    );
    const writes = drafts.map(({ id, value }) => ({ put: { accountId, kind: "secret", id, value } as const }));
    return { writes, audit, result: null };
  });
  const { current } = options.desk;
  return success(drafts.map(({ id }) => showSecret(requireSecret(current, { accountId, storeId, secretId: id }))));
}

interface NamedSecret {
  readonly accountId: string;
  readonly storeId: string;
  readonly name: string;
  readonly isTwice?: boolean;
  readonly path: FaultPath;
}

/** @throws ManagementError 409 code 7001 for a name that the store has. */
export function refuseSecret(model: SettingsModel, { name, isTwice = false, path, ...place }: NamedSecret): void {
  if (!isTwice && !secretsOf(model, place).some(({ value }) => value["name"] === name)) return;
  throw new ManagementError("conflict", [{ message: "A secret with this name already exists", path }]);
}

/** @throws ManagementError 400 code 7001 when an account would have more secrets than it may. */
export function refuseTooMany(model: SettingsModel, accountId: string, added: number): void {
  if (model.list(accountId, "secret").length + added <= MOST_SECRETS) return;
  throw new ManagementError("invalid", [{ message: `An account has at most ${MOST_SECRETS} secrets` }]);
}
