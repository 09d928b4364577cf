import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { discardControlSocketPath, prepareControlSocketPath } from "./control-socket-path.ts";

test("lies in the data directory where its path fits a socket address", () => {
  expect(prepareControlSocketPath("/data")).toBe("/data/control.sock");
  expect(prepareControlSocketPath(`/${"d".repeat(89)}`)).toBe(`/${"d".repeat(89)}/control.sock`);
});

test("lies elsewhere, for this user alone and the same each time, where it does not fit", () => {
  using directory = temporaryDirectory();
  const deep = join(directory.path, "é".repeat(45));
  mkdirSync(deep);
  const path = prepareControlSocketPath(deep);
  const place = dirname(path);
  const otherPath = prepareControlSocketPath(`${deep}2`);
  try {
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(103);
    expect(statSync(place).mode & 0o777).toBe(0o700);
    expect(prepareControlSocketPath(deep)).toBe(path);
    expect(otherPath).not.toBe(path);
    chmodSync(place, 0o755);
    expect(() => prepareControlSocketPath(deep)).toThrow("is not a directory of this user alone");
  } finally {
    discardControlSocketPath(path, deep);
    discardControlSocketPath(otherPath, `${deep}2`);
  }
  expect([existsSync(place), existsSync(deep)]).toEqual([false, true]);
});
