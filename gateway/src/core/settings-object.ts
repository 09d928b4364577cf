import type { JsonObject } from "./gateway-settings.ts";

/** What settings consist of. */
export const settingsKinds = [
  "account",
  "gateway",
  "custom-provider",
  "custom-domain",
  "dataset",
  "limit",
  "budget",
  "provider-config",
  "secrets-store",
  "secret",
  "token",
  "user",
] as const;

/** Kind of an object that is set. */
export type SettingsKind = (typeof settingsKinds)[number];

/**
 * Kinds whose every version is kept, with what changed, and can be brought back. The others hold secrets or decide who may do
 * what: taking a revocation back with a roll-back would be worse than not being able to.
 */
export const versionedKinds: ReadonlySet<SettingsKind> = new Set([
  "account",
  "gateway",
  "custom-provider",
  "custom-domain",
  "dataset",
  "limit",
  "budget",
]);

/** Names one object. */
export interface SettingsKey {
  /** Empty for objects of the whole installation, such as users. */
  readonly accountId: string;
  readonly kind: SettingsKind;
  /** Unique among objects of this kind in this account. */
  readonly id: string;
}

/** Who an object belongs to: the API, which may change it, the configuration file, or nobody because it is there by itself. */
export type SettingsSource = "store" | "file" | "implied";

/** One thing that is set. */
export interface SettingsObject extends SettingsKey {
  readonly value: JsonObject;
  readonly source: SettingsSource;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** Who changes something. */
export interface Actor {
  readonly type: "token" | "user" | "local" | "file" | "system";
  /** Id of the token or user, name of the file; never a secret. */
  readonly id: string;
  readonly email: string | null;
  /** Address the request came from; null when there was none. */
  readonly ip: string | null;
}

/** What one object became; null for not there. */
export interface ObjectChange extends SettingsKey {
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

/** What the audit log tells of a change. Secrets are stripped by whoever writes it. */
export interface AuditDraft {
  /** Empty for the whole installation. */
  readonly accountId: string;
  /** Past tense: `gateway created`. */
  readonly action: string;
  /** As the product names it: `ai_gateway.gateway`. */
  readonly resourceType: string;
  readonly resourceId: string;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

/** A line of the audit log. */
export interface AuditEntry extends AuditDraft {
  /** UUIDv7. */
  readonly id: string;
  readonly atMs: number;
  readonly actor: Actor;
}
