import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { descriptorBudget, descriptorLimit } from "./descriptor-limit.ts";

test.each([150, 256, 1024, 4096, 20_000, 1_048_576])(
  "a limit of %d is not passed when all that may be is open",
  (limit) => {
    const { clientConnections, idleUpstreamConnections } = descriptorBudget(limit);
    // Clients, their providers, cached answers, idle connections, clients being turned away, and what a worker itself opens.
    expect(clientConnections * 3 + idleUpstreamConnections + 32 + 35).toBeLessThanOrEqual(limit);
    expect(clientConnections).toBeGreaterThanOrEqual(16);
    if (limit > 4000) expect(clientConnections).toBeGreaterThan(limit * 0.28);
  },
);

test("without a known limit there is no bound", () => {
  expect(descriptorBudget(null).clientConnections).toBe(Number.POSITIVE_INFINITY);
  expect(descriptorLimit(2 ** 30)).toBeNull();
});

test.skipIf(!existsSync("/proc/self/limits"))("the limit is the process's own", () => {
  const program = 'console.log((await import("./descriptor-limit.ts")).descriptorLimit())';
  const run = Bun.spawnSync(["sh", "-c", 'ulimit -n 321 && exec "$0" -e "$1"', process.execPath, program], {
    cwd: import.meta.dir,
  });
  expect(run.stdout.toString().trim()).toBe("321");
});
