import type { Migration } from "../migrate.ts";

/** Which API token let a request in; null for those of gateways that ask for none, and of before there were tokens. */
export const tokenColumn: Migration = {
  version: 4,
  sql: "ALTER TABLE logs ADD COLUMN token_id TEXT;",
};
