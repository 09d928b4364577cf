import { grantsOfRoles } from "../../src/access/caller.ts";
import { systemClock } from "../../src/core/clock.ts";
import type { ExchangeRecord } from "../../src/core/exchange.ts";
import { analyticsRoutes } from "../../src/analytics/rest/analytics-routes.ts";
import { createRouter } from "../../src/management/router.ts";
import { openDatabase } from "../../src/stores/sqlite/open-database.ts";
import { openSqliteAnalyticsStore } from "../../src/stores/sqlite/sqlite-analytics-store.ts";
import { openSqliteLogStore } from "../../src/stores/sqlite/sqlite-log-store.ts";
import { applyRollUps } from "../../src/stores/sqlite/roll-ups.ts";
import { checkAnswers } from "./check-answers.ts";
import { logOf } from "./sample-log.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** The analytics routes over a real database that holds `records`; `nowMs` is their clock. */
export async function analyticsFixture(records: readonly ExchangeRecord[], nowMs: number) {
  const directory = temporaryDirectory();
  const database = openDatabase(`${directory.path}/headgate.db`);
  const logs = openSqliteLogStore(database, applyRollUps);
  const batch = records.map(logOf);
  await logs.ingest(batch, []);
  const rowLimitOf = (_: string, gateway: string): number | null => (gateway === "prod" ? 10_000 : null);
  const routes = checkAnswers(
    analyticsRoutes({
      analytics: openSqliteAnalyticsStore(database),
      logs,
      clock: { ...systemClock, nowMs: () => nowMs },
      rowLimitOf,
    }),
  );
  const sendTo =
    (route: (request: Request) => Promise<Response>) =>
    async (path: string, body?: unknown): Promise<{ status: number; body: never }> => {
      const init =
        body === undefined ? {} : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) };
      const response = await route(new Request(`http://localhost${path}`, init));
      return { status: response.status, body: (await response.json()) as never };
    };
  const send = sendTo(createRouter(routes));
  /** The same as somebody who is a viewer of these accounts. */
  const sendAs = (...accountIds: readonly string[]) => {
    const grants = grantsOfRoles(Object.fromEntries(accountIds.map((id) => [id, "viewer"])));
    const caller = { type: "user", id: "u1", email: null, ip: null, grants, gatewayIds: null } as const;
    return sendTo(createRouter(routes, { identify: () => caller }));
  };
  const dispose = (): void => {
    database.close();
    directory[Symbol.dispose]();
  };
  return { send, sendAs, [Symbol.dispose]: dispose };
}
