import { expect, test } from "bun:test";
import { join } from "node:path";
import {
  isProcessAlive,
  localCredential,
  runHeadgateProcess,
  servedUrl,
  waitFor,
  workerPids,
} from "../support/headgate-process.ts";
import { streamingUpstream } from "../support/streaming-upstream.ts";

const chatPath = "/v1/default/default/openai/chat/completions";

function callChat(url: string): Promise<Response> {
  const headers = { "content-type": "application/json", connection: "close" };
  return fetch(url + chatPath, { method: "POST", headers, body: '{"model":"sample","stream":true}', keepalive: false });
}

async function isWhole(response: Response): Promise<boolean> {
  return (await response.text()).endsWith("[DONE]\n\n");
}

/**
 * The call as every SDK makes it: anew where the connection broke before any answer. A kernel with `net.ipv4.tcp_migrate_req=0` resets
 * what waits to be accepted by a process that closes its port (docs/guides/install-and-upgrade.md).
 */
async function callAsClientsDo(url: string): Promise<Response> {
  try {
    return await callChat(url);
  } catch {
    return callChat(url);
  }
}

/** Calls one after the other until ended; tells how many were answered whole, and what went wrong. */
function startCalls(url: string) {
  const ending = new AbortController();
  const faults: string[] = [];
  let answered = 0;
  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        if (await isWhole(await callAsClientsDo(url))) answered += 1;
        else faults.push("cut");
      } catch (error) {
        faults.push(String(error));
      }
    }
  };
  const loops = Promise.all([loop(), loop(), loop()]);
  return {
    async end() {
      ending.abort();
      await loops;
      return { answered, faults };
    },
  };
}

async function storedLogs(url: string, directory: string): Promise<number> {
  const logs = `${url}/client/v4/accounts/default/ai-gateway/gateways/default/logs?per_page=1`;
  const answer = await fetch(logs, { headers: localCredential(join(directory, "data")) });
  return ((await answer.json()) as { result_info: { total_count: number } }).result_info.total_count;
}

test("new workers take over under load: no call fails, a stream under way ends whole, and each is logged once", async () => {
  using upstream = streamingUpstream(3, 2);
  using slow = streamingUpstream(60, 50);
  const yaml = `${upstream.yaml}  mistral: { base_url: "${slow.baseUrl}" }\n`;
  await using headgate = runHeadgateProcess({ yaml, environment: { HEADGATE_WORKERS: "2" } });
  const url = await servedUrl(headgate);
  const before = workerPids(headgate);
  const streams = Array.from({ length: 4 }, () =>
    fetch(`${url}/v1/default/default/mistral/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"model":"sample","stream":true}',
    }),
  );
  const begun = await Promise.all(streams);
  const calls = startCalls(url);
  for (const round of [1, 2]) {
    process.kill(headgate.pid, "SIGUSR2");
    await headgate.until(() => headgate.logged("workers_renewed").length === round);
  }
  const renewed = headgate.logged("workers_renewed").map((line) => line["workers"] as number[]);
  expect(new Set([...before, ...renewed.flat()]).size).toBe(6);
  expect(await Promise.all(begun.map(isWhole))).toEqual([true, true, true, true]);
  const { answered, faults } = await calls.end();
  expect(faults).toEqual([]);
  expect(answered).toBeGreaterThan(20);
  // Whoever has nothing left to end is gone.
  await waitFor(
    () => [...before, ...(renewed[0] as number[])].every((pid) => !isProcessAlive(pid)),
    () => headgate.stderr(),
  );
  let stored = 0;
  for (let look = 0; look < 200 && stored < answered + 4; look += 1) {
    await Bun.sleep(25);
    stored = await storedLogs(url, headgate.directory);
  }
  expect(stored).toBe(answered + 4);
  headgate.kill("SIGTERM");
  expect(await headgate.exited()).toBe(0);
  expect(headgate.logged("child_ended")).toEqual([]);
  expect((renewed[1] as number[]).some(isProcessAlive)).toBe(false);
}, 60_000);

test("one process for all roles says that it has no workers to renew, and goes on", async () => {
  using upstream = streamingUpstream(1, 0);
  await using headgate = runHeadgateProcess({ yaml: upstream.yaml, environment: { HEADGATE_WORKERS: "0" } });
  const url = await servedUrl(headgate);
  process.kill(headgate.pid, "SIGUSR2");
  await headgate.until(() => headgate.logged("renewal_refused").length === 1);
  expect(await isWhole(await callChat(url))).toBe(true);
});
