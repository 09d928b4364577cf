import type { Migration } from "../migrate.ts";

/**
 * Logs. `sequence` is drawn from the id (`log-sequence.ts`), so that the order of rows is the order of ids and every index ends in
 * it. `logs` holds what is filtered by and stays narrow; what is only shown lies in `log_details`, bodies in `log_bodies`.
 * `event_id` is null where it is the id itself. `log_search` keeps no text, only which words occur in which row; `log_entries` does
 * the same for metadata entries (`metadata-words.ts`): unlike an ordinary index it is not torn by many different values.
 */
export const logTables: Migration = {
  version: 1,
  sql: `
CREATE TABLE log_gateways (
  gateway INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL,
  gateway_id TEXT NOT NULL,
  row_count INTEGER NOT NULL DEFAULT 0,
  row_bytes INTEGER NOT NULL DEFAULT 0,
  body_count INTEGER NOT NULL DEFAULT 0,
  body_bytes INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  -- Largest distance between created_at_ms and the time in the id.
  skew_ms INTEGER NOT NULL DEFAULT 0,
  -- No row before this sequence has a body.
  first_body INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account_id, gateway_id)
) STRICT;

CREATE TABLE logs (
  sequence INTEGER PRIMARY KEY,
  gateway INTEGER NOT NULL,
  id TEXT NOT NULL,
  event_id TEXT,
  created_at_ms INTEGER NOT NULL,
  provider TEXT NOT NULL,
  model TEXT,
  model_type TEXT,
  path TEXT NOT NULL,
  request_type TEXT NOT NULL,
  request_content_type TEXT,
  response_content_type TEXT,
  user_agent TEXT,
  user_key TEXT,
  status_code INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  success INTEGER NOT NULL,
  cached INTEGER NOT NULL,
  cost_nano_usd INTEGER,
  cost_state TEXT NOT NULL,
  tokens_in INTEGER,
  tokens_out INTEGER,
  duration_ms REAL NOT NULL,
  feedback INTEGER,
  score REAL,
  row_bytes INTEGER NOT NULL,
  body_bytes INTEGER NOT NULL,
  -- 1 for a request body, 2 for a response body, 4 for words in log_search.
  parts INTEGER NOT NULL
) STRICT;
CREATE INDEX logs_by_gateway ON logs (gateway);
CREATE INDEX logs_by_provider ON logs (gateway, provider);
CREATE INDEX logs_by_model ON logs (gateway, model);
CREATE INDEX logs_by_success ON logs (gateway, success);
CREATE INDEX logs_by_cached ON logs (gateway, cached);
CREATE INDEX logs_by_event ON logs (event_id) WHERE event_id IS NOT NULL;

CREATE TABLE log_details (
  sequence INTEGER PRIMARY KEY,
  metadata TEXT,
  detail TEXT NOT NULL
) STRICT;

CREATE TABLE log_bodies (
  sequence INTEGER PRIMARY KEY,
  -- zstd
  request BLOB,
  request_complete INTEGER NOT NULL,
  response BLOB,
  response_complete INTEGER NOT NULL
) STRICT;

CREATE VIRTUAL TABLE log_search USING fts5(
  words, content = '', contentless_delete = 1, detail = 'none', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE log_entries USING fts5(
  words, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii'
);

-- A batch is gathered whole before it is written, and merged later in larger steps: a third less CPU for each row.
INSERT INTO log_search (log_search, rank) VALUES ('hashsize', 33554432), ('automerge', 16), ('pgsz', 8192);
INSERT INTO log_entries (log_entries, rank) VALUES ('hashsize', 33554432), ('automerge', 16), ('pgsz', 8192);

CREATE TABLE journal_checkpoints (
  segment TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
