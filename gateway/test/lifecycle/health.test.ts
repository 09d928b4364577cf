import { expect, test } from "bun:test";
import { join } from "node:path";
import { startGateway } from "../support/start-gateway.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

test("readiness tells its details on this machine alone, and its status to everybody", async () => {
  const gateway = await startGateway();
  const ask = (headers: Record<string, string> = {}) => fetch(`${gateway.url}/readyz`, { headers });
  const near = await ask();
  expect([near.status, await near.json()]).toMatchObject([
    200,
    { status: "ready", checks: { control: "ok", configuration: { accounts: 1 } } },
  ]);
  for (const passedOn of [{ "x-forwarded-for": "192.0.2.1" }, { host: "gateway.example" }]) {
    const far = await ask(passedOn);
    expect([far.status, await far.json()]).toEqual([200, { status: "ready" }]);
  }
  await gateway.stop();
});

test("a gateway whose control process is silent is not ready, for everybody", async () => {
  using directory = temporaryDirectory();
  const gateway = await startGateway({ controlSocket: join(directory.path, "nobody.sock") });
  const near = await fetch(`${gateway.url}/readyz`);
  expect([near.status, await near.json()]).toMatchObject([
    503,
    { checks: { control: expect.stringContaining("not") } },
  ]);
  const far = await fetch(`${gateway.url}/readyz`, { headers: { via: "1.1 proxy" } });
  expect([far.status, await far.json()]).toEqual([503, { status: "unready" }]);
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  const page = await fetch(`${gateway.url}/api/session`);
  const told = await page.text();
  expect([page.status, JSON.parse(told).internalCode]).toEqual([503, 9006]);
  // Neither where the socket is nor what the system said of it.
  expect(told).not.toContain(directory.path);
  await gateway.stop();
});
