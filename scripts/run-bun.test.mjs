import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const node = Bun.which("node");

/** Runs `source` in Bun through a Node process that uses `runBun`, as `npm start` does. */
async function through(source, during = async () => {}) {
  const folder = mkdtempSync(join(tmpdir(), "headgate-run-"));
  try {
    writeFileSync(join(folder, "inner.ts"), source);
    const runner = `
      import { runBun } from ${JSON.stringify(join(import.meta.dir, "run-bun.mjs"))};
      process.exitCode = await runBun(${JSON.stringify(process.execPath)}, [${JSON.stringify(join(folder, "inner.ts"))}, "a b"]);`;
    writeFileSync(join(folder, "runner.mjs"), runner);
    const child = Bun.spawn([node, join(folder, "runner.mjs")], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
    const reader = child.stdout.getReader();
    let output = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const wasEmpty = output === "";
      output += new TextDecoder().decode(value);
      if (wasEmpty) await during(child);
    }
    await child.exited;
    return { output: output.trim(), exitCode: child.exitCode, signal: child.signalCode };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.skipIf(node === null)("keeps exit code and arguments", async () => {
  const end = await through("console.log(process.argv[2]); process.exit(7);");
  expect(end).toEqual({ output: "a b", exitCode: 7, signal: null });
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) {
  test.skipIf(node === null)(`passes ${signal} on and waits for an orderly end`, async () => {
    const source = `
      process.on("${signal}", () => { console.log("stopping"); setTimeout(() => process.exit(5), 50); });
      console.log("ready"); setInterval(() => {}, 1000);`;
    const end = await through(source, async (child) => child.kill(signal));
    expect(end).toEqual({ output: "ready\nstopping", exitCode: 5, signal: null });
  });
}

test.skipIf(node === null)("ends by the signal that ended Bun", async () => {
  const source = 'console.log("ready"); setInterval(() => {}, 1000);';
  const end = await through(source, async (child) => child.kill("SIGTERM"));
  expect(end).toEqual({ output: "ready", exitCode: null, signal: "SIGTERM" });
});
