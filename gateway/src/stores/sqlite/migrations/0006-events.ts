import type { Migration } from "../migrate.ts";

/** What operators are told, in the order it was kept, and how far each receiver has it. */
export const eventTables: Migration = {
  version: 6,
  sql: `
CREATE TABLE events (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL,
  type TEXT NOT NULL,
  -- Budget the event is about.
  subject TEXT NOT NULL,
  -- What is told once in a period: type, budget, part of it, threshold, limit.
  occasion TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  -- JSON of the event.
  detail TEXT NOT NULL
) STRICT;

CREATE INDEX events_of_account ON events (account_id, sequence);
CREATE INDEX events_of_occasion ON events (occasion, at_ms);

CREATE TABLE event_receivers (
  name TEXT PRIMARY KEY,
  -- Last event that was delivered or given up.
  sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
