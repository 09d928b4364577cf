import type { Migration } from "../migrate.ts";

/** Prices set through the API, in the order they were set. Rows are never changed and never removed; the table sees to it. */
export const priceTables: Migration = {
  version: 3,
  sql: `
CREATE TABLE price_entries (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  from_ms INTEGER,
  -- JSON; null withdraws what was set before.
  settings TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TRIGGER price_entries_stay_as_they_are BEFORE UPDATE ON price_entries
BEGIN SELECT RAISE(ABORT, 'price entries are never changed'); END;
CREATE TRIGGER price_entries_stay BEFORE DELETE ON price_entries
BEGIN SELECT RAISE(ABORT, 'price entries are never removed'); END;
`,
};
