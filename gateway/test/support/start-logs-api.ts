import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import type { ExchangeRecord } from "../../src/core/exchange.ts";
import type { LedgerEntry } from "../../src/core/ledger-entry.ts";
import { callerIdentifier } from "../../src/management/identity/identify-caller.ts";
import { createLogFeed } from "../../src/management/logs/log-feed.ts";
import { logRoutes } from "../../src/management/logs/log-routes.ts";
import { createRouter, type RouterOptions } from "../../src/management/router.ts";
import type { LogStore } from "../../src/stores/ports/log-store.ts";
import { openDatabase } from "../../src/stores/sqlite/open-database.ts";
import { openSqliteLogStore } from "../../src/stores/sqlite/sqlite-log-store.ts";
import { checkAnswers } from "./check-answers.ts";
import { sampleEntry } from "./sample-entry.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** The logs API over a real store, on a port of its own. */
export interface RunningLogsApi extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly store: LogStore;
  /** URL of the logs of account `default`, gateway `default`. */
  readonly logsUrl: string;
  /** Errors that nobody threw on purpose. */
  readonly faults: readonly unknown[];
  /** Stores entries and tells the live tail of them, as the ledger does. */
  add(entries: readonly LedgerEntry[]): Promise<void>;
  /** Makes one entry and adds it; answers its id. */
  addOne(
    changes?: Partial<ExchangeRecord>,
    bodies?: { readonly request?: string; readonly response?: string },
  ): Promise<string>;
}

export interface LogsApiOptions {
  readonly adminToken?: string;
  readonly heartbeatMs?: number;
  /** Puts something between the routes and the store. */
  readonly wrapStore?: (store: LogStore) => LogStore;
}

/** Lets in everybody unless there is a token. */
function guard(adminToken: string | undefined): RouterOptions {
  if (adminToken === undefined) return {};
  return {
    identify: callerIdentifier({
      findToken: () => null,
      adminToken,
      localToken: "none",
      signedIn: async () => null,
      clock: systemClock,
    }),
  };
}

export function startLogsApi({
  adminToken,
  heartbeatMs = 5000,
  wrapStore = (store) => store,
}: LogsApiOptions = {}): RunningLogsApi {
  const directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "headgate.db"));
  const store = openSqliteLogStore(database);
  const feed = createLogFeed();
  const faults: unknown[] = [];
  const onFault = (error: unknown): void => void faults.push(error);
  const routes = logRoutes({ store: wrapStore(store), feed, heartbeatMs, onFault });
  const fetch = createRouter(checkAnswers(routes), { ...guard(adminToken), onFault });
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, idleTimeout: 0, development: false, fetch });
  const url = `http://127.0.0.1:${server.port}`;
  const add = async (entries: readonly LedgerEntry[]): Promise<void> => {
    const texts = (entry: LedgerEntry): string =>
      `${entry.request?.toString() ?? ""} ${entry.response?.toString() ?? ""}`;
    await store.ingest(
      entries.map((entry) => ({ ...entry, searchText: texts(entry).trim(), rowLimit: null })),
      [],
    );
    await feed.consume(entries);
  };
  return {
    url,
    store,
    logsUrl: `${url}/client/v4/accounts/default/ai-gateway/gateways/default/logs`,
    faults,
    add,
    async addOne(changes, bodies) {
      const entry = sampleEntry(changes, bodies);
      await add([entry]);
      return entry.record.id;
    },
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await store.close();
      database.close();
      directory[Symbol.dispose]();
    },
  };
}
