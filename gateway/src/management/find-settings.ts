import type { SettingsKey, SettingsObject } from "../core/settings-object.ts";
import type { SettingsModel } from "../settings/settings-model.ts";
import { ManagementError, type ManagementErrorName } from "./management-error.ts";

/** @throws ManagementError 404 code 7002 when there is no such account. */
export function requireAccount(model: SettingsModel, accountId: string): void {
  if (!model.accountIds.includes(accountId)) throw new ManagementError("notFound");
}

/** @throws ManagementError 404 code 7002 when there is no such gateway. */
export function requireGateway(model: SettingsModel, accountId: string, gatewayId: string): SettingsObject {
  requireAccount(model, accountId);
  return requireObject(model, { accountId, kind: "gateway", id: gatewayId });
}

/** @throws ManagementError `missing`, by default 404 code 7002, when there is none. */
export function requireObject(
  model: SettingsModel,
  { accountId, kind, id }: SettingsKey,
  missing: ManagementErrorName = "notFound",
): SettingsObject {
  const object = model.get(accountId, kind, id);
  if (object === undefined) throw new ManagementError(missing);
  return object;
}

/** @throws ManagementError 409 code 7001 for what the configuration file declares. */
export function refuseFileManaged({ kind, id, source }: SettingsObject): void {
  if (source !== "file") return;
  const message = `The configuration file declares the ${kind.replaceAll("-", " ")} ${id}: change it in headgate.yaml`;
  throw new ManagementError("conflict", [{ message }]);
}

/** `managed_by` of an object that only the configuration file changes; nothing for others. */
export function managedBy({ source }: SettingsObject): { readonly managed_by?: "file" } {
  return source === "file" ? { managed_by: "file" } : {};
}

/** When an object was made and last changed, as RFC 3339; the start of Unix time for what was there before anybody kept times. */
export function shownTimes({ createdAtMs, modifiedAtMs }: SettingsObject): {
  readonly created_at: string;
  readonly modified_at: string;
} {
  return { created_at: new Date(createdAtMs).toISOString(), modified_at: new Date(modifiedAtMs).toISOString() };
}
