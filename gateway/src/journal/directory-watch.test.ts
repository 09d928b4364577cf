import { afterEach, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { createDirectoryWatch, type DirectoryWatch } from "./directory-watch.ts";

const FAR_OFF_MS = 20_000;
const never = new AbortController().signal;
const open: DirectoryWatch[] = [];
afterEach(() => open.splice(0).forEach((watch) => watch.close()));

function watchOf(directory: string, pollMs = FAR_OFF_MS): DirectoryWatch {
  const watch = createDirectoryWatch(directory, pollMs);
  open.push(watch);
  return watch;
}

/** Watches that the kernel holds for this process; writers pay for each. */
function kernelWatches(): number {
  const descriptors = readdirSync("/proc/self/fdinfo");
  return descriptors.reduce(
    (sum, name) => sum + textOf(`/proc/self/fdinfo/${name}`).split("inotify wd:").length - 1,
    0,
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The descriptor of the listing itself is gone by now.
    return "";
  }
}

test("a change after the beginning counts, whether it is waited for yet or not", async () => {
  using place = temporaryDirectory();
  const watch = watchOf(place.path);
  watch.begin();
  writeFileSync(join(place.path, "early"), "x");
  await watch.changed(never);
  expect(watch.isOpen).toBe(false);
  watch.begin();
  const waiting = watch.changed(never);
  writeFileSync(join(place.path, "late"), "x");
  await waiting;
});

test("without a change it ends after the poll time, and when it is told to", async () => {
  using place = temporaryDirectory();
  const watch = watchOf(place.path, 20);
  watch.begin();
  await watch.changed(never);
  const missing = watchOf(join(place.path, "missing"), 20);
  missing.begin();
  await missing.changed(never);
  const patient = watchOf(place.path);
  patient.begin();
  const stopping = new AbortController();
  const waiting = patient.changed(stopping.signal);
  stopping.abort();
  await waiting;
  expect(patient.isOpen).toBe(false);
});

const tellsWatches = existsSync("/proc/self/fdinfo");
if (!tellsWatches) console.log("skipped: what is watched: this system does not tell (no /proc/self/fdinfo)");

test.skipIf(!tellsWatches)("a directory is watched only while somebody waits for the first change", async () => {
  using place = temporaryDirectory();
  const before = kernelWatches();
  const watch = watchOf(place.path);
  expect(kernelWatches()).toBe(before);
  watch.begin();
  expect(kernelWatches()).toBe(before + 1);
  writeFileSync(join(place.path, "one"), "x");
  await watch.changed(never);
  expect(kernelWatches()).toBe(before);
});
