import { createFarCache } from "../support/far-cache.ts";
import { openFarCounters } from "../support/far-counters.ts";
import { openSharedCounterStore } from "../../src/stores/shared-memory/shared-counter-store.ts";
import { describeCacheStore } from "./cache-store.contract.ts";
import { describeCounterStore } from "./counter-store.contract.ts";

// The ports, answered as over a network: nothing in the turn it was asked in.

describeCounterStore("answering late", (clock) => {
  const near = openSharedCounterStore({ path: null, uptimeMs: () => clock.uptimeMs, nowMs: () => clock.wallMs });
  const store = openFarCounters(near, 0);
  return { store, dispose: () => void store.close() };
});

describeCacheStore("answering late", () => {
  const { far: store, board } = createFarCache(0).open();
  return { store, board, dispose: () => {} };
});
