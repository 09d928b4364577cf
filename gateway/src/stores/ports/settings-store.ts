import type { JsonObject } from "../../core/gateway-settings.ts";
import type { Actor, AuditEntry, ObjectChange, SettingsKey } from "../../core/settings-object.ts";

/** An object as it is kept. */
export interface StoredObject extends SettingsKey {
  readonly value: JsonObject;
  /** Kept so that what the file said last is known; only the control process writes file objects, at the start. */
  readonly source: "store" | "file";
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** Everything that is set, and how often anything changed so far; version 0 is an empty store that nobody wrote to. */
export interface StoredSettings {
  readonly version: number;
  /** When the store was made, Unix milliseconds: the age of what is there by itself. */
  readonly createdAtMs: number;
  readonly objects: readonly StoredObject[];
}

/** One change: all of it is kept, or nothing. Without `changes` it only adds to the audit log, and the version stays. */
export interface SettingsCommit {
  /** Version the change was made on. */
  readonly baseVersion: number;
  readonly atMs: number;
  readonly actor: Actor;
  readonly source: "store" | "file";
  readonly changes: readonly ObjectChange[];
  readonly audit: readonly AuditEntry[];
}

/** A version that changed something versioned. */
export interface SettingsVersion {
  readonly version: number;
  readonly atMs: number;
  readonly actor: Actor;
  readonly source: "store" | "file";
  /** Changes of versioned kinds alone, in the order they were made. */
  readonly changes: readonly ObjectChange[];
}

/** Which lines of the audit log to give, newest first. */
export interface AuditQuery {
  /** Empty for the whole installation's; null for all. */
  readonly accountId: string | null;
  /** Unix milliseconds, both included; null for no bound. */
  readonly sinceMs: number | null;
  readonly beforeMs: number | null;
  /** Id of a line: only older ones. */
  readonly olderThan: string | null;
  readonly limit: number;
}

/**
 * Where settings, their history and the audit log are kept. Methods reject with `SettingsStoreUnavailable` when the store is
 * away or full; nothing of the call was done then.
 */
export interface SettingsStore {
  load(): Promise<StoredSettings>;
  /** @returns the version after it. Rejects with `SettingsConflict` when somebody else made a change since `baseVersion`. */
  commit(commit: SettingsCommit): Promise<number>;
  /**
   * Puts values in the place of others that mean the same, such as secrets sealed anew, and adds lines to the audit log: all of it or
   * nothing. Version, times and history stay; an object that is not there is passed over.
   */
  replace(objects: readonly StoredObject[], audit: readonly AuditEntry[]): Promise<void>;
  /** Versions older than `before` (null: from the newest on), newest first, at most `limit`. */
  versions(query: { readonly before: number | null; readonly limit: number }): Promise<readonly SettingsVersion[]>;
  audit(query: AuditQuery): Promise<readonly AuditEntry[]>;
}

/** Nothing of the call was done; it may be made again. */
export class SettingsStoreUnavailable extends Error {
  override readonly name = "SettingsStoreUnavailable";
}

/** Somebody else changed the settings meanwhile. */
export class SettingsConflict extends Error {
  override readonly name = "SettingsConflict";
}
