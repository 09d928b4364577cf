import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { findRecordings } from "../support/recordings.ts";
import { runSoak } from "./run-soak.ts";

const directory = findRecordings();
const recordings = directory === null ? null : { directory, most: 20 };

test.skipIf(!existsSync("/proc/self/task"))(
  "a few seconds of the soak: a worker killed, settings and keys changed, faults of every kind, and the ledger agrees to the nano-dollar",
  async () => {
    const plan = {
      durationMs: 5000,
      roundMs: 1000,
      restMs: 200,
      clients: 4,
      mostRequests: 20_000,
      recordings,
      say: () => {},
    };
    const { account, recorded, growth, kills, ledger, unexplained } = await runSoak(plan);
    expect(unexplained).toEqual([]);
    expect(kills).toBeGreaterThan(0);
    expect(account.costs.size).toBeGreaterThan(20);
    expect(account.unfinished.size).toBeGreaterThan(0);
    expect(ledger).toMatchObject({ missing: 0, twice: 0, wrongCost: 0, unknown: 0 });
    expect(ledger.ledgerNanoUsd).toBe(ledger.clientNanoUsd);
    if (recordings !== null) expect(recorded?.exchanges).toBeGreaterThan(300);
    expect(Object.keys(growth)).toEqual(["worker", "control", "supervisor"]);
  },
  60_000,
);
