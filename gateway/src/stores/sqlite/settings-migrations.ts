import type { Migration } from "./migrate.ts";
import { auditRetention } from "./settings-migrations/0004-audit-retention.ts";
import { sessionTable } from "./settings-migrations/0002-sessions.ts";
import { sessionOrigins } from "./settings-migrations/0003-session-origins.ts";
import { settingsTables } from "./settings-migrations/0001-settings.ts";

/** All steps of the settings database in order. Steps that have been released never change. */
export const settingsMigrations: readonly Migration[] = [settingsTables, sessionTable, sessionOrigins, auditRetention];
