import type { Migration } from "../migrate.ts";

/** Where a session was opened from, so that people tell their own apart. Sessions of before do not know. */
export const sessionOrigins: Migration = {
  version: 3,
  sql: `
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN user_agent TEXT;
`,
};
