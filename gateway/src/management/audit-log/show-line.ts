import type { z } from "zod";
import type { Actor, AuditEntry } from "../../core/settings-object.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import type { auditSchema, oldAuditSchema } from "./schemas.ts";

const actorTypes = { token: "account", user: "user", local: "account", file: "system", system: "system" } as const;
const contexts = { token: "api_token", user: "dash", local: "api", file: "api", system: "api" } as const;

/** A line of the audit log as the API shows it (reference §13.7). */
export function showLine(entry: AuditEntry, model: SettingsModel): z.output<typeof auditSchema> {
  const { id, accountId, action, resourceId, resourceType, before, after } = entry;
  const account = model.get(accountId, "account", accountId)?.value["name"];
  return {
    id,
    account: { id: accountId, name: String(account ?? accountId) },
    action: { type: kindOf(entry), info: action, description: action, result: "success", time: timeOf(entry) },
    actor: showActor(entry.actor),
    resource: {
      id: resourceId,
      type: resourceType,
      product: resourceType.split(".")[0] as string,
      scope: accountId === "" ? "installation" : "accounts",
    },
    oldValueJson: before,
    newValueJson: after,
  };
}

/** The same in the older form. */
export function showOldLine(entry: AuditEntry): z.output<typeof oldAuditSchema> {
  const { id, accountId, action, actor, resourceId, resourceType, before, after } = entry;
  return {
    id,
    when: timeOf(entry),
    action: { info: action, result: true, type: kindOf(entry) },
    actor: { id: actor.id, email: actor.email ?? "", ip: actor.ip ?? "", type: actorTypes[actor.type] },
    interface: actor.type === "user" ? "UI" : "API",
    metadata: {},
    oldValue: before === null ? "" : JSON.stringify(before),
    newValue: after === null ? "" : JSON.stringify(after),
    oldValueJson: before,
    newValueJson: after,
    owner: { id: accountId },
    resource: { id: resourceId, type: resourceType },
  };
}

function showActor({ type, id, email, ip }: Actor): z.output<typeof auditSchema>["actor"] {
  return {
    id,
    type: actorTypes[type],
    context: contexts[type],
    ...(email === null ? {} : { email }),
    ...(ip === null ? {} : { ip_address: ip }),
    ...(type === "token" ? { token_id: id } : {}),
  };
}

function kindOf({ before, after }: AuditEntry): "create" | "update" | "delete" {
  if (before === null && after !== null) return "create";
  return after === null && before !== null ? "delete" : "update";
}

function timeOf({ atMs }: AuditEntry): string {
  return new Date(atMs).toISOString();
}
