import type { Migration } from "../migrate.ts";

/** Alias of the stored key a request was sent with; null for those with a credential of their own, and of before there were stored keys. */
export const keyColumn: Migration = {
  version: 5,
  sql: "ALTER TABLE logs ADD COLUMN key_alias TEXT;",
};
