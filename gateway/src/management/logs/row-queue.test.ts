import { expect, test } from "bun:test";
import { createRowQueue } from "./row-queue.ts";

test("gives what waits at once, then waits for what comes", async () => {
  const queue = createRowQueue(100, (count) => `lost ${count};`);
  queue.push("a;");
  queue.push("b;");
  expect(await queue.take()).toBe("a;b;");
  const next = queue.take();
  queue.push("c;");
  expect(await next).toBe("c;");
});

test("counts what does not fit, tells it after what was kept, and goes on", async () => {
  const queue = createRowQueue(5, (count) => `lost ${count};`);
  for (const text of ["aa;", "bb;", "cc;", "d;"]) queue.push(text);
  expect(await queue.take()).toBe("aa;d;lost 2;");
  queue.push("ee;");
  expect(await queue.take()).toBe("ee;");
});

test("tells of a loss even when nothing fitted", async () => {
  const queue = createRowQueue(3, (count) => `lost ${count};`);
  const taken = queue.take();
  queue.push("far too long");
  expect(await taken).toBe("lost 1;");
});

test("signs of life are left out while anything waits", async () => {
  const queue = createRowQueue(100, String);
  queue.push("a");
  queue.pushWhenIdle(":");
  expect(await queue.take()).toBe("a");
  queue.pushWhenIdle(":");
  expect(await queue.take()).toBe(":");
});

test("ends when it is closed, also under someone who waits", async () => {
  const queue = createRowQueue(100, String);
  const taken = queue.take();
  queue.close();
  expect(await taken).toBeNull();
  queue.push("late");
  expect(await queue.take()).toBeNull();
});
