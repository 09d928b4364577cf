import type { Database } from "bun:sqlite";
import type { Actor, AuditEntry, ObjectChange } from "../../core/settings-object.ts";
import { versionedKinds } from "../../core/settings-object.ts";
import {
  type AuditQuery,
  type SettingsCommit,
  SettingsConflict,
  type SettingsStore,
  SettingsStoreUnavailable,
  type SettingsVersion,
  type StoredObject,
  type StoredSettings,
} from "../ports/settings-store.ts";
import { isUnavailable } from "./is-unavailable.ts";
import type { SqliteDatabase } from "./open-database.ts";

/** Settings in an embedded database of their own. */
export function openSqliteSettingsStore({ writer, reader }: Pick<SqliteDatabase, "writer" | "reader">): SettingsStore {
  return {
    load: () => answered(() => load(writer)),
    commit: (commit) => answered(() => writer.transaction(() => store(writer, commit)).immediate()),
    replace: (objects, entries) =>
      answered(() => writer.transaction(() => replace(writer, objects, entries)).immediate()),
    versions: ({ before, limit }) =>
      answered(() =>
        reader
          .query<HistoryRow, [number, number]>(
            "SELECT version, at_ms, actor, source, changes FROM settings_history WHERE version < ? ORDER BY version DESC LIMIT ?",
          )
          .all(before ?? Number.MAX_SAFE_INTEGER, limit)
          .map(versionOfRow),
      ),
    audit: (query) => answered(() => audit(reader, query)),
  };
}

interface ObjectRow {
  readonly account_id: string;
  readonly kind: string;
  readonly id: string;
  readonly value: string;
  readonly source: string;
  readonly created_at_ms: number;
  readonly modified_at_ms: number;
}

interface HistoryRow {
  readonly version: number;
  readonly at_ms: number;
  readonly actor: string;
  readonly source: string;
  readonly changes: string;
}

function load(database: Database): StoredSettings {
  const rows = database
    .query<ObjectRow, []>(
      "SELECT account_id, kind, id, value, source, created_at_ms, modified_at_ms FROM settings_objects ORDER BY account_id, kind, id",
    )
    .all();
  const { created_at_ms: createdAtMs } = database.query("SELECT created_at_ms FROM settings_version").get() as {
    created_at_ms: number;
  };
  return { version: versionOf(database), createdAtMs, objects: rows.map(objectOfRow) };
}

function versionOf(database: Database): number {
  return (database.query("SELECT version FROM settings_version").get() as { version: number }).version;
}

function store(database: Database, commit: SettingsCommit): number {
  const { baseVersion, atMs, actor, source, changes } = commit;
  const current = versionOf(database);
  if (current !== baseVersion) throw new SettingsConflict(`settings are at version ${current}, not ${baseVersion}`);
  const version = changes.length === 0 ? baseVersion : baseVersion + 1;
  database.query("UPDATE settings_version SET version = ?").run(version);
  for (const change of changes) writeObject(database, change, { source, atMs });
  const kept = changes.filter(({ kind }) => versionedKinds.has(kind));
  if (kept.length > 0) {
    database
      .query("INSERT INTO settings_history (version, at_ms, actor, source, changes) VALUES (?, ?, ?, ?, ?)")
      .run(version, atMs, JSON.stringify(actor), source, JSON.stringify(kept));
  }
  for (const entry of commit.audit) writeAudit(database, entry);
  return version;
}

function replace(database: Database, objects: readonly StoredObject[], entries: readonly AuditEntry[]): void {
  const update = database.query(
    "UPDATE settings_objects SET value = ? WHERE account_id = ? AND kind = ? AND id = ? AND source = ?",
  );
  for (const { accountId, kind, id, source, value } of objects) {
    update.run(JSON.stringify(value), accountId, kind, id, source);
  }
  for (const entry of entries) writeAudit(database, entry);
}

function writeAudit(database: Database, entry: AuditEntry): void {
  database
    .query("INSERT INTO audit_log (id, at_ms, account_id, entry) VALUES (?, ?, ?, ?)")
    .run(entry.id, entry.atMs, entry.accountId, JSON.stringify(entry));
}

function writeObject(
  database: Database,
  { accountId, kind, id, after }: ObjectChange,
  { source, atMs }: { readonly source: string; readonly atMs: number },
): void {
  if (after === null) {
    database
      .query("DELETE FROM settings_objects WHERE account_id = ? AND kind = ? AND id = ? AND source = ?")
      .run(accountId, kind, id, source);
    return;
  }
  database
    .query(
      `INSERT INTO settings_objects (account_id, kind, id, value, source, created_at_ms, modified_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
       ON CONFLICT DO UPDATE SET value = excluded.value, modified_at_ms = excluded.modified_at_ms`,
    )
    .run(accountId, kind, id, JSON.stringify(after), source, atMs);
}

function audit(database: Database, query: AuditQuery): AuditEntry[] {
  const { accountId, sinceMs, beforeMs, olderThan, limit } = query;
  return database
    .query<{ readonly entry: string }, [string | null, number, number, string, number]>(
      `SELECT entry FROM audit_log WHERE (?1 IS NULL OR account_id = ?1) AND at_ms >= ?2 AND at_ms <= ?3 AND id < ?4
       ORDER BY id DESC LIMIT ?5`,
    )
    .all(accountId, sinceMs ?? 0, beforeMs ?? Number.MAX_SAFE_INTEGER, olderThan ?? "g", limit)
    .map(({ entry }) => JSON.parse(entry) as AuditEntry);
}

function objectOfRow(row: ObjectRow): StoredObject {
  return {
    accountId: row.account_id,
    kind: row.kind as StoredObject["kind"],
    id: row.id,
    value: JSON.parse(row.value) as StoredObject["value"],
    source: row.source as StoredObject["source"],
    createdAtMs: row.created_at_ms,
    modifiedAtMs: row.modified_at_ms,
  };
}

function versionOfRow(row: HistoryRow): SettingsVersion {
  return {
    version: row.version,
    atMs: row.at_ms,
    actor: JSON.parse(row.actor) as Actor,
    source: row.source as SettingsVersion["source"],
    changes: JSON.parse(row.changes) as readonly ObjectChange[],
  };
}

async function answered<Result>(work: () => Result): Promise<Result> {
  try {
    return work();
  } catch (error) {
    if (isUnavailable(error)) throw new SettingsStoreUnavailable(`${error.code}: ${error.message}`, { cause: error });
    throw error;
  }
}
