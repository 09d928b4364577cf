import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { listSegments } from "../../src/journal/segment-names.ts";
import {
  isProcessAlive,
  type RunOptions,
  runHeadgateProcess,
  servedUrl,
  waitFor,
  workerPids,
  localCredential,
} from "../support/headgate-process.ts";
import { readJournalRecords } from "../support/read-journal.ts";
import { streamingUpstream } from "../support/streaming-upstream.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const support = join(import.meta.dir, "../support");
const chatPath = "/v1/default/default/openai/chat/completions";

function twoWorkers(yaml: string, changes: RunOptions = {}): RunOptions {
  return { ...changes, yaml, environment: { HEADGATE_WORKERS: "2", ...changes.environment } };
}

/** One chat call over a connection of its own, so that the kernel chooses a worker anew. */
function callChat(url: string): Promise<Response> {
  const headers = { "content-type": "application/json", connection: "close" };
  return fetch(url + chatPath, { method: "POST", headers, body: '{"model":"sample","stream":true}', keepalive: false });
}

test("two workers share the port; a killed one comes back while the other serves", async () => {
  using upstream = streamingUpstream(1, 0);
  await using headgate = runHeadgateProcess(twoWorkers(upstream.yaml));
  const url = await servedUrl(headgate);
  const journal = join(headgate.directory, "data/journal");
  const callMany = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1)
      expect((await (await callChat(url)).text()).endsWith("[DONE]\n\n")).toBe(true);
  };
  await callMany(30);
  expect(new Set(listSegments(journal).map((segment) => segment.worker))).toEqual(new Set(["w0", "w1"]));

  const [first] = workerPids(headgate);
  process.kill(first as number, "SIGKILL");
  await headgate.until(() => headgate.logged("child_ended").length === 1);
  await callMany(10);
  const [restarted] = await headgate.until(() => {
    const lines = headgate.logged("child_restarted");
    return lines.length > 0 && lines;
  });
  expect(restarted).toMatchObject({ name: "w0", level: "info", role: "supervisor" });
  expect(restarted?.["childPid"]).not.toBe(first);
  await callMany(30);
  const segments = listSegments(journal).filter((segment) => segment.worker === "w0");
  // The ledger may have taken the first one by now.
  expect(segments.at(-1)?.sequence).toBe(2);
  const logs = `${url}/client/v4/accounts/default/ai-gateway/gateways/default/logs?per_page=1`;
  const headers = localCredential(join(headgate.directory, "data"));
  let stored = 0;
  for (let look = 0; look < 100 && stored < 70; look += 1) {
    const listed = (await (await fetch(logs, { headers })).json()) as { result_info: { total_count: number } };
    stored = listed.result_info.total_count;
    await Bun.sleep(50);
  }
  expect(stored).toBe(70);
}, 30_000);

test("SIGTERM lets a running stream end, takes nothing new, and exits with 0", async () => {
  using upstream = streamingUpstream(12, 60);
  await using headgate = runHeadgateProcess(twoWorkers(upstream.yaml));
  const url = await servedUrl(headgate);
  const answer = await callChat(url);
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  let text = Buffer.from((await reader.read()).value as Uint8Array).toString();
  headgate.kill("SIGTERM");
  await headgate.until(() => headgate.logged("stopping").length > 0);
  await Bun.sleep(150);
  expect(
    await callChat(url).then(
      (late) => late.status,
      () => "refused",
    ),
  ).toBe("refused");
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    text += Buffer.from(value).toString();
  }
  expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  expect(await headgate.exited()).toBe(0);
  const [record] = readJournalRecords(join(headgate.directory, "data/journal"));
  expect(record).toMatchObject({ outcome: "complete", streamed: true, success: true });
  expect(existsSync(join(headgate.directory, "data/headgate.lock"))).toBe(false);
}, 30_000);

test("a stream that outlasts timeouts.shutdown_ms is broken off", async () => {
  using upstream = streamingUpstream(1000, 50);
  await using headgate = runHeadgateProcess(twoWorkers(`${upstream.yaml}timeouts: { shutdown_ms: 300 }\n`));
  const answer = await callChat(await servedUrl(headgate));
  headgate.kill("SIGTERM");
  const stoppedMs = performance.now();
  expect(
    await answer.text().then(
      () => "ended",
      () => "broken",
    ),
  ).toBe("broken");
  expect(await headgate.exited()).toBe(0);
  expect(performance.now() - stoppedMs).toBeGreaterThan(250);
  expect(performance.now() - stoppedMs).toBeLessThan(4000);
}, 30_000);

test("a repeated signal ends everything without waiting", async () => {
  using upstream = streamingUpstream(1000, 50);
  await using headgate = runHeadgateProcess(twoWorkers(upstream.yaml));
  const answer = await callChat(await servedUrl(headgate));
  const pids = workerPids(headgate);
  headgate.kill("SIGINT");
  await Bun.sleep(700);
  expect(pids.some(isProcessAlive)).toBe(true);
  headgate.kill("SIGINT");
  expect(
    await answer.text().then(
      () => "ended",
      () => "broken",
    ),
  ).toBe("broken");
  expect(await headgate.exited()).toBe(0);
  expect(pids.some(isProcessAlive)).toBe(false);
}, 30_000);

test("children end with a killed supervisor, and its lock does not stop the next start", async () => {
  using directory = temporaryDirectory();
  using upstream = streamingUpstream(1, 0);
  const options = twoWorkers(upstream.yaml, { directory: directory.path });
  await using headgate = runHeadgateProcess(options);
  await servedUrl(headgate);
  const pids = [...workerPids(headgate), headgate.logged("children_started")[0]?.["control"] as number];
  headgate.kill("SIGKILL");
  await waitFor(
    () => !pids.some(isProcessAlive),
    () => `still alive: ${pids.filter(isProcessAlive)}`,
  );
  expect(existsSync(join(directory.path, "data/headgate.lock"))).toBe(true);
  await using next = runHeadgateProcess(options);
  expect((await callChat(await servedUrl(next))).status).toBe(200);
}, 30_000);

test("a second gateway on the same data directory or the same port is refused", async () => {
  await using headgate = runHeadgateProcess(twoWorkers(""));
  const url = await servedUrl(headgate);
  await using sameData = runHeadgateProcess({ directory: headgate.directory });
  expect(await sameData.exited()).toBe(69);
  expect(sameData.stderr()).toBe(
    `Another gateway (process ${headgate.pid}) uses the data directory ${join(headgate.directory, "data")}. ` +
      "Stop it, or set HEADGATE_DATA to another directory.\n",
  );
  const { port } = new URL(url);
  await using samePort = runHeadgateProcess({ environment: { PORT: port } });
  expect(await samePort.exited()).toBe(69);
  expect(samePort.stderr()).toContain(`Port ${port} on 127.0.0.1 is in use by another program.`);
  expect(samePort.stderr()).toContain("set PORT to a free port");
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
}, 30_000);

test("a worker that cannot start stops everything with its reason instead of trying again", async () => {
  await using refused = runHeadgateProcess(twoWorkers("", { program: join(support, "refusing-gateway.ts") }));
  expect(await refused.exited()).toBe(77);
  expect(refused.stderr()).toMatch(/^Port \d+ on 127\.0\.0\.1 may not be listened on \(EACCES\)\./m);
  expect(refused.stdout()).toBe("");
  expect(refused.logged("child_ended")).toEqual([]);
  await using crashed = runHeadgateProcess(twoWorkers("", { program: join(support, "crashing-gateway.ts") }));
  expect(await crashed.exited()).toBe(70);
  expect(crashed.stderr()).toMatch(/^Process w\d ended while starting \(exit status 3\)\./m);
  expect(existsSync(join(crashed.directory, "data/headgate.lock"))).toBe(false);
}, 30_000);

test("HEADGATE_WORKERS=0 runs everything in one process", async () => {
  using upstream = streamingUpstream(3, 30);
  await using headgate = runHeadgateProcess({ yaml: upstream.yaml, environment: { HEADGATE_WORKERS: "0" } });
  const url = await servedUrl(headgate);
  expect(headgate.stdout()).toContain("(one process)");
  const answer = await callChat(url);
  headgate.kill("SIGTERM");
  expect((await answer.text()).endsWith("data: [DONE]\n\n")).toBe(true);
  expect(await headgate.exited()).toBe(0);
  expect(readJournalRecords(join(headgate.directory, "data/journal"))).toHaveLength(1);
  expect(existsSync(join(headgate.directory, "data/control.sock"))).toBe(false);
}, 30_000);

test("dashboard and management paths reach the control process through the gateway's port", async () => {
  await using headgate = runHeadgateProcess(twoWorkers(""));
  const url = await servedUrl(headgate);
  const page = await fetch(`${url}/`);
  expect(page.status).toBe(200);
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(await page.text()).toContain("Headgate");
  for (const path of ["/client/v4/accounts/a/nothing", "/api/nothing"]) {
    const answer = await fetch(url + path);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ success: false, errors: [{ code: 7003 }], messages: [], result: null });
  }
}, 30_000);

test("management asks for a credential; the one in the data directory counts on this machine alone, and while the gateway runs", async () => {
  await using headgate = runHeadgateProcess(twoWorkers(""));
  const url = await servedUrl(headgate);
  const logs = `${url}/client/v4/accounts/default/ai-gateway/gateways/default/logs`;
  const path = join(headgate.directory, "data/cli.token");
  const headers = localCredential(join(headgate.directory, "data"));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect((await fetch(logs)).status).toBe(401);
  expect((await fetch(logs, { headers: { "x-headgate-local": "true" } })).status).toBe(401);
  expect((await fetch(logs, { headers })).status).toBe(200);
  for (const [name, value] of [
    ["host", "evil.example"],
    ["x-forwarded-for", "192.0.2.1"],
    ["origin", "https://evil.example"],
  ] as const) {
    const refused = await fetch(logs, { headers: { ...headers, [name]: value, "x-headgate-local": "true" } });
    expect({ name, status: refused.status }).toEqual({ name, status: 401 });
  }
  headgate.kill("SIGTERM");
  await headgate.exited();
  expect(existsSync(path)).toBe(false);
}, 30_000);

test("a data directory too deep for a socket path works too", async () => {
  using directory = temporaryDirectory();
  const deep = join(directory.path, "d".repeat(60), "e".repeat(60));
  mkdirSync(deep, { recursive: true });
  await using headgate = runHeadgateProcess(twoWorkers("", { environment: { HEADGATE_DATA: deep } }));
  const url = await servedUrl(headgate);
  expect((await fetch(`${url}/`)).status).toBe(200);
  expect(existsSync(join(deep, "control.sock"))).toBe(false);
}, 30_000);

test.skipIf(process.platform !== "linux")(
  "secrets stand neither in the arguments nor in the environment of children",
  async () => {
    const secret = "s3cret-admin-token-of-many-characters";
    await using headgate = runHeadgateProcess(
      twoWorkers("", { environment: { HEADGATE_ADMIN_TOKEN: secret, HEADGATE_MASTER_KEY: secret } }),
    );
    await servedUrl(headgate);
    for (const pid of workerPids(headgate)) {
      expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain(secret);
      expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain(secret);
    }
    expect(headgate.stdout() + headgate.stderr()).not.toContain(secret);
  },
  30_000,
);

test("a data directory that cannot be made is told", async () => {
  using directory = temporaryDirectory();
  writeFileSync(join(directory.path, "file"), "");
  await using headgate = runHeadgateProcess({ environment: { HEADGATE_DATA: join(directory.path, "file/data") } });
  expect(await headgate.exited()).toBe(73);
  expect(headgate.stderr()).toMatch(/^The data directory .* cannot be written to \(.*\)\. Set HEADGATE_DATA/);
});
