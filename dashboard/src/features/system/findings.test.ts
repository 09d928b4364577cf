import { expect, test } from "bun:test";
import type { SystemState } from "../../api/generated/operations.ts";
import { readinessFindings, systemFindings, workerFindings } from "./findings.ts";

const well: SystemState = {
  version: "1.2.3",
  workersWanted: 1,
  workers: [
    {
      name: "w0",
      pid: 7,
      startedAt: "2026-01-01T00:00:00.000Z",
      connections: 3,
      refusedConnections: 0,
      restingKeys: 0,
    },
  ],
  journal: { sizeBytes: 10, droppedRecords: 0, droppedBodies: 0 },
  ledger: {
    lagMs: 0,
    queuedBytes: 0,
    stored: 3,
    duplicates: 0,
    unlogged: 0,
    refused: 0,
    events: 0,
    quarantined: 0,
    lostSegments: 0,
    prunedRows: 0,
    prunedBodies: 0,
    isStoreAvailable: true,
    lastError: null,
  },
  exporters: [],
  logpush: [],
  billing: [],
  alerts: { delivered: 0, failedDeliveries: 0, givenUp: 0 },
  cache: { sizeBytes: 0, maxBytes: 1000, unreadable: 0, unwritten: 0, semantic: null },
};
const exporter = {
  name: "traces",
  queuedSpans: 0,
  queuedBytes: 0,
  sentSpans: 5,
  droppedSpans: {},
  failedRequests: 0,
  breaker: "closed" as const,
};

test("an installation that is well has nothing to complain of", () => {
  expect(systemFindings({ ...well, exporters: [exporter] }).filter(({ kind }) => kind !== "good")).toEqual([]);
});

test("workers are told of, also those that are silent", () => {
  expect(workerFindings(well).map(({ kind, title }) => [kind, title])).toEqual([
    ["good", "Version"],
    ["good", "Worker w0"],
  ]);
  const [, missing] = workerFindings({ ...well, workersWanted: 3 });
  expect(missing).toMatchObject({ kind: "bad", title: "Workers" });
  expect(missing?.text).toContain("2 of 3 workers");
  const crowded = well.workers.map((worker) => ({ ...worker, refusedConnections: 5 }));
  expect(workerFindings({ ...well, workers: crowded })[1]).toMatchObject({ kind: "warn" });
});

test("every trouble is named with what it means", () => {
  const found = systemFindings({
    ...well,
    journal: { sizeBytes: 10, droppedRecords: 2, droppedBodies: 0 },
    ledger: { ...well.ledger, isStoreAvailable: false, lastError: "disk full", lagMs: 60_000, quarantined: 1 },
    exporters: [{ ...exporter, breaker: "open", droppedSpans: { full: 4 } }],
    logpush: [{ name: "archive", waitingBytes: 0, deliveredRecords: 0, droppedRecords: 0, failedDeliveries: 1 }],
    billing: [
      { name: "default/prod", waitingBytes: 0, deliveredEvents: 1, lostEvents: { refused: 2 }, failedTries: 0 },
    ],
  });
  const kinds = Object.fromEntries(found.map(({ title, kind }) => [title, kind]));
  expect(kinds).toEqual({
    "Log store": "bad",
    "Delay of logs": "warn",
    "Journal (10 B)": "bad",
    "Damaged records": "bad",
    "Collector traces": "warn",
    "Logpush archive": "warn",
    "Billing of default/prod": "bad",
  });
  expect(found[0]?.text).toContain("disk full");
  expect(found[4]?.text).toContain("4 dropped");
});

test("a control process that is away is told as what it means", () => {
  const [processes] = readinessFindings({
    status: "unready",
    checks: { control: "the control process does not answer" },
  });
  expect(processes).toMatchObject({ kind: "bad", title: "Processes" });
  expect(readinessFindings({ status: "ready", checks: { control: "ok" } })[0]?.kind).toBe("good");
});
