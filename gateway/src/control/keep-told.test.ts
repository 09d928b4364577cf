import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { until } from "../../test/support/until.ts";
import { keepTold } from "./keep-told.ts";

test("a file that is gone, broken or in the way of a change is what was told last again, and that is said once", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "settings.json");
  const logged: string[] = [];
  const file = keepTold(path, (_, event) => void logged.push(event));
  const holds = (text: string) => () => {
    try {
      return readFileSync(path, "utf8") === text;
    } catch {
      return false;
    }
  };
  try {
    file.tell("1");
    expect(holds("1")()).toBe(true);
    rmSync(path);
    await until("restored", holds("1"), 4000);
    writeFileSync(path, "{");
    await until("mended", holds("1"), 4000);
    expect(logged).toEqual(["settings_file_restored", "settings_file_restored"]);
    rmSync(path);
    mkdirSync(path);
    const staged = file.stage("2");
    staged.commit();
    await Bun.sleep(1500);
    rmdirSync(path);
    await until("put in its place", holds("2"), 4000);
    expect(logged.filter((event) => event === "settings_file_not_written").length).toBeLessThanOrEqual(2);
    const dropped = file.stage("3");
    dropped.discard();
    expect(holds("2")()).toBe(true);
  } finally {
    file.stop();
  }
}, 20_000);
