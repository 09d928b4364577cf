import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { openWorkerBoard, readWorkerBoards, type WorkerState } from "./worker-board.ts";

const state = (name: string, changes: Partial<WorkerState> = {}): WorkerState => ({
  name,
  pid: 1,
  startId: "this",
  startedAtMs: 1000,
  toldAtMs: 2000,
  connections: 3,
  refusedConnections: 0,
  restingKeys: [{ keyId: "default/k1", status: 429, sinceMs: 1500, untilMs: 9000 }],
  ...changes,
});

test("what workers of this start told a moment ago is read, in order", () => {
  using directory = temporaryDirectory();
  const config = { dataDirectory: directory.path };
  const asked = { startId: "this", nowMs: 3000 };
  expect(readWorkerBoards(config, asked)).toEqual([]);
  const boards = ["w10", "w2", "old", "silent"].map((name) => openWorkerBoard(config, name));
  boards[0]?.publish(state("w10"));
  boards[1]?.publish(state("w2"));
  boards[2]?.publish(state("old", { startId: "before" }));
  boards[3]?.publish(state("silent", { toldAtMs: -3000 }));
  writeFileSync(join(directory.path, "workers/broken.json"), '{"name":');
  expect(readWorkerBoards(config, asked)).toEqual([state("w2"), state("w10")]);
  boards[1]?.close();
  expect(readWorkerBoards(config, asked).map(({ name }) => name)).toEqual(["w10"]);
});
