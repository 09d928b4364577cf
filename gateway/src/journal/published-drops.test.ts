import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { openDropBoard, readDropBoards } from "./published-drops.ts";

test("counts of all workers are read together, the newest of each", () => {
  using directory = temporaryDirectory();
  const boards = join(directory.path, "drops");
  expect(readDropBoards(boards)).toEqual({ records: 0, bodies: 0 });
  const first = openDropBoard(boards, "w0");
  const second = openDropBoard(boards, "w1");
  first.publish({ records: 1, bodies: 2 });
  first.publish({ records: 5, bodies: 7 });
  second.publish({ records: 10, bodies: 20 });
  expect(readDropBoards(boards)).toEqual({ records: 15, bodies: 27 });
  first.close();
  openDropBoard(boards, "w0").close();
  expect(readDropBoards(boards)).toEqual({ records: 10, bodies: 20 });
  second.close();
});
