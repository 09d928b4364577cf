import type { LogQuery, LogStore } from "../../src/stores/ports/log-store.ts";
import { sampleQuery } from "../support/sample-log.ts";

/** One empty store under test. */
export interface LogStoreUnderTest {
  readonly store: LogStore;
  readonly dispose: () => void;
}

/** The gateway whose logs contracts look at. */
export const scope = { accountId: "default", gatewayId: "default" };

/** Makes tests of what runs with a store of its own. */
export function withLogStore(open: () => LogStoreUnderTest) {
  return (run: (store: LogStore) => Promise<void>) => async (): Promise<void> => {
    const { store, dispose } = open();
    try {
      await run(store);
    } finally {
      await store.close();
      dispose();
    }
  };
}

/** Ids of what a list gives, in its order. */
export async function idsOf(store: LogStore, changes: Partial<LogQuery>): Promise<string[]> {
  return (await store.list(scope, sampleQuery(changes))).logs.map(({ record }) => record.id);
}
