import type { Migration } from "../migrate.ts";

/** Who is signed in. Beside the settings, because sessions come and go many times a day and nobody wants them back. */
export const sessionTable: Migration = {
  version: 2,
  sql: `
CREATE TABLE sessions (
  id_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  used_at_ms INTEGER NOT NULL,
  ends_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);
`,
};
