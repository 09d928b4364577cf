import { expect, test } from "bun:test";
import { heapStats } from "bun:jsc";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { createCredentialHasher } from "./hash-credential.ts";
import { loadHashKey } from "./hash-key.ts";

test("a credential keeps its hash under one key and has another under another", () => {
  const first = createCredentialHasher(Buffer.alloc(32, 1));
  const second = createCredentialHasher(Buffer.alloc(32, 2));
  expect(first("Bearer sk-1")).toBe(first("Bearer sk-1"));
  expect(first("Bearer sk-1")).not.toBe(first("Bearer sk-2"));
  expect(first("Bearer sk-1")).not.toBe(second("Bearer sk-1"));
  expect(first("Bearer sk-1")).toMatch(/^[0-9a-f]{24}$/);
});

test("the key is made once, for its owner alone, and read again", () => {
  using directory = temporaryDirectory();
  const key = loadHashKey(directory.path);
  expect(loadHashKey(directory.path).equals(key)).toBe(true);
  expect(statSync(join(directory.path, "hash.key")).mode & 0o777).toBe(0o600);
});

test("a file that holds no key is refused by name", () => {
  using directory = temporaryDirectory();
  writeFileSync(join(directory.path, "hash.key"), "short");
  expect(() => loadHashKey(directory.path)).toThrow("hash.key does not hold a key");
});

test("what is remembered takes little memory, however long credentials are", () => {
  const hash = createCredentialHasher(Buffer.alloc(32, 1));
  const before = heldBytes();
  for (let index = 0; index < 5000; index += 1) hash(`Bearer ${index}`.padEnd(16_384, "x"));
  expect(heldBytes() - before).toBeLessThan(16 * 1024 * 1024);
});

function heldBytes(): number {
  Bun.gc(true);
  const { heapSize, extraMemorySize } = heapStats();
  return heapSize + extraMemorySize;
}
