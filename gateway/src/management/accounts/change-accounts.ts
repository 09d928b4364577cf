import type { z } from "zod";
import type { JsonObject } from "../../core/gateway-settings.ts";
import { newId } from "../../core/ids.ts";
import { settingsKinds, type SettingsObject } from "../../core/settings-object.ts";
import { auditDraft } from "../audit-draft.ts";
import { changeSettings } from "../change-settings.ts";
import type { Asked } from "../define-route.ts";
import { success } from "../envelope.ts";
import { refuseFileManaged, requireObject } from "../find-settings.ts";
import { invalid, ManagementError } from "../management-error.ts";
import type { accountParams, noParams } from "../path-parameters.ts";
import { allUsers, type User } from "../../settings/user-object.ts";
import { auditedChange, putUser } from "../people/change-user.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import type { createAccountBody, updateAccountBody } from "./schemas.ts";
import { showAccount } from "./show-account.ts";

/** Most accounts of an installation: every worker holds all of them. */
const MOST_ACCOUNTS = 1000;

/**
 * `POST /client/v4/accounts`.
 * @throws ManagementError 409 code 7001 with path `["body", "id"]` when there is one of that id.
 */
export async function createAccount(
  { request, body }: Asked<typeof noParams, z.ZodObject, typeof createAccountBody>,
  options: SettingsRoutesOptions,
): Promise<Response> {
  const { name, id = newId().replaceAll("-", "") } = body;
  await changeSettings(options, request, (model) => {
    const known = model.get(id, "account", id);
    if (known !== undefined && known.source !== "implied") {
      const message = "An account with this id already exists";
      throw new ManagementError("conflict", [{ message, path: ["body", "id"] }]);
    }
    if (model.accountIds.length >= MOST_ACCOUNTS) {
      throw new ManagementError("invalid", [{ message: `There are at most ${MOST_ACCOUNTS} accounts` }]);
    }
    const value = { name, logpush: [] };
    const audit = [auditDraft("account", "created", { accountId: id, id, before: null, after: { name } })];
    return { writes: [{ put: { accountId: id, kind: "account", id, value } }], audit, result: null };
  });
  return success(showAccount(requireObject(options.desk.current, { accountId: id, kind: "account", id })));
}

/**
 * `PUT /client/v4/accounts/{id}`: another name.
 * @throws ManagementError 404 code 7002; 409 code 7001 for an account of the configuration file.
 */
export async function renameAccount(
  { request, params: { accountId: id }, body }: Asked<typeof accountParams, z.ZodObject, typeof updateAccountBody>,
  options: SettingsRoutesOptions,
): Promise<Response> {
  if (body.id !== undefined && body.id !== id) throw invalid("An account keeps its id", ["body", "id"]);
  await changeSettings(options, request, (model) => {
    const account = requireObject(model, { accountId: id, kind: "account", id });
    refuseFileManaged(account);
    const after = { ...account.value, name: body.name };
    const audit = [
      auditDraft("account", "updated", { accountId: id, id, before: audited(account), after: { name: body.name } }),
    ];
    return { writes: [{ put: { accountId: id, kind: "account", id, value: after } }], audit, result: null };
  });
  return success(showAccount(requireObject(options.desk.current, { accountId: id, kind: "account", id })));
}

/**
 * `DELETE /client/v4/accounts/{id}`: with everything that is set in it, and the roles of people there.
 * @throws ManagementError 404 code 7002; 409 code 7001 for an account of the configuration file.
 */
export async function deleteAccount(
  { request, params: { accountId: id } }: Asked<typeof accountParams, z.ZodObject, z.ZodType>,
  options: SettingsRoutesOptions,
): Promise<Response> {
  await changeSettings(options, request, (model) => {
    const account = requireObject(model, { accountId: id, kind: "account", id });
    refuseFileManaged(account);
    const all = settingsKinds.flatMap((kind) => model.list(id, kind)).filter(({ source }) => source === "store");
    const audit = [auditDraft("account", "deleted", { accountId: id, id, before: audited(account), after: null })];
    const writes = all.map((object) => ({ remove: { accountId: id, kind: object.kind, id: object.id } }));
    // An account of the same id may come one day, and is not theirs.
    const members = allUsers(model).filter(({ roles }) => Object.hasOwn(roles, id));
    const left = members.map((user): [User, User] => [user, { ...user, roles: withoutRole(user.roles, id) }]);
    return {
      writes: [...writes, ...left.map(([, after]) => putUser(after))],
      audit: [...audit, ...left.map(([before, after]) => auditedChange(before, after, id))],
      result: null,
    };
  });
  return success({ id });
}

function withoutRole(roles: User["roles"], accountId: string): User["roles"] {
  const { [accountId]: _, ...others } = roles;
  return others;
}

/** What the audit log may tell of an account: where its logs are pushed to may hold credentials. */
function audited({ value }: SettingsObject): JsonObject {
  return { name: value["name"] };
}
