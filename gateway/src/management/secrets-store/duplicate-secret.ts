import type { z } from "zod";
import { newId } from "../../core/ids.ts";
import { isSealedSecret } from "../../core/sealed-secret.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { refuseSecret, refuseTooMany } from "./create-secrets.ts";
import { auditedSecret, requireSecret, showSecret } from "./find-secret.ts";
import type { duplicateBody } from "./schemas.ts";
import type { storeParams } from "./store-routes.ts";

type SecretParams = z.ZodObject<(typeof storeParams)["shape"] & { readonly secretId: z.ZodString }>;

/**
 * `POST …/secrets/{id}/duplicate` (reference §18): the same value, sealed anew for the copy.
 * @throws ManagementError 404 code 7002; 409 code 7001 with path `["body", "name"]`; 403 code 10000 for a secret that is kept by reference.
 */
export async function duplicateSecret(
  { request, params, body }: Asked<SecretParams, z.ZodObject, typeof duplicateBody>,
  options: SettingsRoutesOptions,
): Promise<Response> {
  const { accountId, storeId, secretId } = params;
  const { name, scopes, comment = "" } = body;
  const id = newId();
  const source = requireSecret(options.desk.current, params);
  if (source.value["reference"] !== undefined) request.require("secrets.reference");
  await changeSettings(options, request, (model) => {
    const { sealed, reference, preview } = requireSecret(model, params).value;
    refuseSecret(model, { accountId, storeId, name, path: ["body", "name"] });
    refuseTooMany(model, accountId, 1);
    const context = { accountId, kind: "secret" };
    const kept = isSealedSecret(sealed)
      ? { sealed: options.secrets.copy(sealed, { ...context, id: secretId }, { ...context, id }) }
      : { reference };
    const value = { storeId, name, scopes, comment, status: "active", preview, ...kept };
    const audit = [
      auditDraft("secrets_store.secret", "created", { accountId, id, before: null, after: auditedSecret(value) }),
    ];
    return { writes: [{ put: { accountId, kind: "secret", id, value } }], audit, result: null };
  });
  return success(showSecret(requireSecret(options.desk.current, { accountId, storeId, secretId: id })));
}
