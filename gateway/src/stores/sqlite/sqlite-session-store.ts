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
  readonly address: string | null;
  readonly user_agent: string | null;
}

/** Sessions in the embedded database of the settings. */
export function openSqliteSessionStore({ writer }: Pick<SqliteDatabase, "writer">): SessionStore {
  const run = (sql: string, ...values: (string | number | null)[]): Promise<number> =>
    answered(() => writer.query(sql).run(...values).changes);
  return {
    async add({ idHash, userId, createdAtMs, usedAtMs, endsAtMs, address, userAgent }) {
      const values = [idHash, userId, createdAtMs, usedAtMs, endsAtMs, address, userAgent];
      await run(
        "INSERT INTO sessions (id_hash, user_id, created_at_ms, used_at_ms, ends_at_ms, address, user_agent) VALUES (?, ?, ?, ?, ?, ?, ?)",
        ...values,
      );
    },
    find: (idHash) =>
      answered(() => {
        const row = writer.query<SessionRow, [string]>("SELECT * FROM sessions WHERE id_hash = ?").get(idHash);
        return row === null ? null : sessionOfRow(row);
      }),
    list: (userId, limit) =>
      answered(() =>
        writer
          .query<SessionRow, [string | null, number]>(
            "SELECT * FROM sessions WHERE ?1 IS NULL OR user_id = ?1 ORDER BY used_at_ms DESC, id_hash LIMIT ?2",
          )
          .all(userId, limit)
          .map(sessionOfRow),
      ),
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
    address: row.address,
    userAgent: row.user_agent,
  };
}

async function answered<Result>(work: () => Result): Promise<Result> {
  try {
    return work();
  } catch (error) {
    throw isUnavailable(error) ? new SettingsStoreUnavailable(`${error.code}: ${error.message}`) : error;
  }
}
