import type { JsonObject } from "../../core/gateway-settings.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import { refuseFileManaged, requireObject } from "../find-settings.ts";
import type { ManagementRequest } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";

/** The parts of billing that an account can set. They are kept with it. */
export type BillingSetting = "topup" | "spendingLimit";

/** What an account set; null for nothing. @throws ManagementError 404 code 7002 for an unknown account. */
export function billingSetting(model: SettingsModel, accountId: string, setting: BillingSetting): JsonObject | null {
  return allOf(requireObject(model, { accountId, kind: "account", id: accountId }).value)[setting] ?? null;
}

/**
 * Sets it; null takes it away.
 * @throws ManagementError 404 code 7002 for an unknown account; 409 code 7001 for one that the configuration file declares.
 */
export async function setBillingSetting(
  options: SettingsRoutesOptions,
  request: ManagementRequest,
  change: { readonly accountId: string; readonly setting: BillingSetting; readonly value: JsonObject | null },
): Promise<void> {
  const { accountId, setting, value } = change;
  await changeSettings(options, request, (model) => {
    const account = requireObject(model, { accountId, kind: "account", id: accountId });
    refuseFileManaged(account);
    const { [setting]: before = null, ...others } = allOf(account.value);
    const billing = { ...others, ...(value === null ? {} : { [setting]: value }) };
    if (before === null && value === null) return { writes: [], audit: [], result: null };
    const verb = before === null ? "created" : value === null ? "deleted" : "updated";
    const audit = [auditDraft("ai_gateway.billing", verb, { accountId, id: setting, before, after: value })];
    const put = { accountId, kind: "account", id: accountId, value: { ...account.value, billing } } as const;
    return { writes: [{ put }], audit, result: null };
  });
}

function allOf(account: JsonObject): Partial<Record<BillingSetting, JsonObject>> {
  return (account["billing"] ?? {}) as Partial<Record<BillingSetting, JsonObject>>;
}
