import type { SessionStore, StoredSession } from "../ports/session-store.ts";
import { SettingsStoreUnavailable } from "../ports/settings-store.ts";
import { isUnavailable } from "./is-unavailable.ts";
import type { SqliteDatabase } from "./open-database.ts";

interface SessionRow {
  readonly id_hash: string;
  readonly user_id: string;
  readonly created_at_ms: number;
  readonly used_at_ms: number;
  readonly ends_at_ms: number;
}

/** Sessions in the embedded database of the settings. */
export function openSqliteSessionStore({ writer }: Pick<SqliteDatabase, "writer">): SessionStore {
  const run = (sql: string, ...values: (string | number)[]): Promise<number> =>
    answered(() => writer.query(sql).run(...values).changes);
  return {
    async add({ idHash, userId, createdAtMs, usedAtMs, endsAtMs }) {
      await run("INSERT INTO sessions VALUES (?, ?, ?, ?, ?)", idHash, userId, createdAtMs, usedAtMs, endsAtMs);
    },
    find: (idHash) =>
      answered(() => {
        const row = writer.query<SessionRow, [string]>("SELECT * FROM sessions WHERE id_hash = ?").get(idHash);
        return row === null ? null : sessionOfRow(row);
      }),
    async touch(idHash, usedAtMs) {
      await run("UPDATE sessions SET used_at_ms = ? WHERE id_hash = ?", usedAtMs, idHash);
    },
    async remove(idHash) {
      await run("DELETE FROM sessions WHERE id_hash = ?", idHash);
    },
    async removeOf(userId) {
      await run("DELETE FROM sessions WHERE user_id = ?", userId);
    },
    prune: (usedBeforeMs, nowMs) =>
      run("DELETE FROM sessions WHERE used_at_ms < ? OR ends_at_ms <= ?", usedBeforeMs, nowMs),
  };
}

function sessionOfRow(row: SessionRow): StoredSession {
  return {
    idHash: row.id_hash,
    userId: row.user_id,
    createdAtMs: row.created_at_ms,
    usedAtMs: row.used_at_ms,
    endsAtMs: row.ends_at_ms,
  };
}

async function answered<Result>(work: () => Result): Promise<Result> {
  try {
    return work();
  } catch (error) {
    throw isUnavailable(error) ? new SettingsStoreUnavailable(`${error.code}: ${error.message}`) : error;
  }
}
