import type { Migration } from "./migrate.ts";
import { logTables } from "./migrations/0001-logs.ts";
import { analyticsTables } from "./migrations/0002-analytics.ts";
import { priceTables } from "./migrations/0003-prices.ts";
import { tokenColumn } from "./migrations/0004-tokens.ts";
import { keyColumn } from "./migrations/0005-stored-keys.ts";
import { eventTables } from "./migrations/0006-events.ts";

/** All steps in order. Steps that have been released never change. */
export const migrations: readonly Migration[] = [
  logTables,
  analyticsTables,
  priceTables,
  tokenColumn,
  keyColumn,
  eventTables,
];
