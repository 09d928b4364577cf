import type { Migration } from "../migrate.ts";

/** Old lines of the audit log may go. Those of the last thirty days stay whoever asks, the gateway itself included. */
export const auditRetention: Migration = {
  version: 4,
  sql: `
DROP TRIGGER audit_log_stays;
CREATE TRIGGER audit_log_stays BEFORE DELETE ON audit_log
WHEN OLD.at_ms > (unixepoch() - 30 * 86400) * 1000
BEGIN SELECT RAISE(ABORT, 'lines of the audit log are never removed before thirty days'); END;
`,
};
