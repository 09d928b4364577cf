import type { Migration } from "../migrate.ts";

/** Settings, their versions and the audit log. Lines of the last two are never changed and never removed; the tables see to it. */
export const settingsTables: Migration = {
  version: 1,
  sql: `
CREATE TABLE settings_objects (
  account_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  -- JSON.
  value TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('store', 'file')),
  created_at_ms INTEGER NOT NULL,
  modified_at_ms INTEGER NOT NULL,
  PRIMARY KEY (account_id, kind, id, source)
) STRICT, WITHOUT ROWID;

-- One row: how often anything changed.
CREATE TABLE settings_version (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  version INTEGER NOT NULL,
  -- Of the store.
  created_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO settings_version VALUES (1, 0, CAST(unixepoch('subsec') * 1000 AS INTEGER));

CREATE TABLE settings_history (
  version INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  -- JSON.
  actor TEXT NOT NULL,
  source TEXT NOT NULL,
  changes TEXT NOT NULL
) STRICT;

CREATE TABLE audit_log (
  id TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  account_id TEXT NOT NULL,
  -- JSON.
  entry TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_log_by_account ON audit_log (account_id, id);

CREATE TRIGGER settings_history_stays_as_it_is BEFORE UPDATE ON settings_history
BEGIN SELECT RAISE(ABORT, 'history is never changed'); END;
CREATE TRIGGER settings_history_stays BEFORE DELETE ON settings_history
BEGIN SELECT RAISE(ABORT, 'history is never removed'); END;
CREATE TRIGGER audit_log_stays_as_it_is BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_log_stays BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'lines of the audit log are never removed'); END;
`,
};
