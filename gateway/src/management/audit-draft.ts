import type { AuditDraft } from "../core/settings-object.ts";

/** Names of what is changed in the audit log, by its type there. */
const nouns = {
  "ai_gateway.gateway": "gateway",
  "ai_gateway.dataset": "dataset",
  "ai_gateway.custom_domain": "custom domain",
  "ai_gateway.custom_provider": "custom provider",
  "ai_gateway.provider_config": "provider config",
  "ai_gateway.limit": "limit",
  "ai_gateway.budget": "budget",
  "ai_gateway.billing": "billing setting",
  "secrets_store.store": "secrets store",
  "secrets_store.secret": "secret",
  account: "account",
  api_token: "API token",
  user: "user",
  member: "member",
  session: "session",
} as const;

/** A line of the audit log. `before` and `after` hold no secrets. */
export function auditDraft(
  resourceType: keyof typeof nouns,
  verb: "created" | "updated" | "deleted",
  { id, ...change }: Pick<AuditDraft, "accountId" | "before" | "after"> & { readonly id: string },
): AuditDraft {
  return { action: `${nouns[resourceType]} ${verb}`, resourceType, resourceId: id, ...change };
}
