import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  isProcessAlive,
  localCredential,
  runHeadgateProcess,
  servedUrl,
  type HeadgateProcess,
} from "../support/headgate-process.ts";

const KILLS = 20;
const answer = {
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-4o-mini",
  choices: [{ index: 0, message: { role: "assistant", content: "hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 20, completion_tokens: 30, total_tokens: 50 },
};

function answeringUpstream(): { yaml: string; [Symbol.dispose](): void } {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => Response.json(answer) });
  return {
    yaml: `providers:\n  openai: { base_url: "http://127.0.0.1:${server.port}/v1" }\n`,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

/** Children of a process that run now, by the kernel's word. */
function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, "utf8").trim().split(" ").filter(Boolean).map(Number) : [];
}

interface Received {
  readonly logId: string;
  readonly costUsd: number;
}

/** Asks until told to stop; keeps the ids and costs of the answers that came whole. */
async function askUntil(url: string, isOver: () => boolean): Promise<Received[]> {
  const received: Received[] = [];
  while (!isOver()) {
    try {
      const response = await fetch(`${url}/openai/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "hi" }] }),
      });
      const body = await response.text();
      // A fast machine would otherwise make more records than a killed ledger stores within the test's patience.
      await Bun.sleep(2);
      if (response.status !== 200 || body.length === 0) continue;
      received.push({
        logId: response.headers.get("cf-aig-log-id") as string,
        costUsd: Number(response.headers.get("cf-aig-cost")),
      });
    } catch {
      await Bun.sleep(5);
    }
  }
  return received;
}

async function killChildren(headgate: HeadgateProcess): Promise<void> {
  for (let kill = 0; kill < KILLS; kill += 1) {
    await Bun.sleep(150);
    const children = childrenOf(headgate.pid);
    const victim = children[kill % Math.max(1, children.length)];
    if (victim === undefined) continue;
    process.kill(victim, "SIGKILL");
    await headgate.until(() => !isProcessAlive(victim) && childrenOf(headgate.pid).length >= 2);
  }
}

test.skipIf(!existsSync("/proc/self/task"))(
  `after ${KILLS} kills of any process, every answer a client received is logged once, at the cost it was told`,
  async () => {
    using upstream = answeringUpstream();
    await using headgate = runHeadgateProcess({
      args: ["serve"],
      yaml: upstream.yaml,
      environment: { HEADGATE_WORKERS: "2" },
    });
    const url = await servedUrl(headgate);
    let isOver = false;
    const clients = Array.from({ length: 4 }, () => askUntil(url, () => isOver));
    await killChildren(headgate);
    isOver = true;
    const received = (await Promise.all(clients)).flat();
    expect(received.length).toBeGreaterThan(50);
    const path = join(headgate.directory, "data/headgate.db");
    await headgate.until(() => countOf(path) >= received.length);
    headgate.kill("SIGTERM");
    await headgate.exited();
    const stored = storedCosts(path);
    const missing = received.filter(({ logId }) => stored.get(logId) === undefined);
    expect(missing).toEqual([]);
    expect([...stored.values()].every((costs) => costs.length === 1)).toBe(true);
    const told = received.reduce((sum, { costUsd }) => sum + Math.round(costUsd * 1e9), 0);
    const kept = received.reduce((sum, { logId }) => sum + (stored.get(logId)?.[0] ?? 0), 0);
    expect(kept).toBe(told);
  },
  60_000,
);

function countOf(path: string): number {
  return existsSync(path) ? [...storedCosts(path).keys()].length : 0;
}

/** Costs of the stored logs by their ids, in nano-USD. */
function storedCosts(path: string): Map<string, number[]> {
  const database = new Database(path, { readonly: true });
  try {
    const rows = database.query("SELECT * FROM logs").all() as Record<string, unknown>[];
    const costs = new Map<string, number[]>();
    for (const row of rows) {
      const id = idText(row["id"] as Uint8Array);
      costs.set(id, [...(costs.get(id) ?? []), Number(row["cost_nano_usd"])]);
    }
    return costs;
  } finally {
    database.close();
  }
}

function idText(id: Uint8Array | string): string {
  if (typeof id === "string") return id;
  const hex = Buffer.from(id).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

test("no credential a client sent is in any file, log line or export", async () => {
  using upstream = answeringUpstream();
  const secrets = ["sk-secret-1111", "key-secret-2222", "goog-secret-3333", "aig-secret-4444", "cookie-secret-5555"];
  await using headgate = runHeadgateProcess({ args: ["serve"], yaml: upstream.yaml });
  const url = await servedUrl(headgate);
  for (const path of ["openai/chat/completions?key=goog-secret-3333", "nope/x", "v1/default/default/nope/x"]) {
    await fetch(`${url}/${path}`, {
      method: "POST",
      headers: {
        authorization: "Bearer sk-secret-1111",
        "x-api-key": "key-secret-2222",
        "x-goog-api-key": "goog-secret-3333",
        "cf-aig-authorization": "Bearer aig-secret-4444",
        cookie: "session=cookie-secret-5555",
        "content-type": "application/json",
      },
      body: '{"model":"gpt-4o-mini"}',
    });
  }
  const logs = `${url}/client/v4/accounts/default/ai-gateway/gateways/default/logs`;
  await headgate.until(() => countOf(join(headgate.directory, "data/headgate.db")) >= 1);
  const headers = localCredential(join(headgate.directory, "data"));
  const exported = await (await fetch(`${logs}/export?format=ndjson&bodies=true`, { headers })).text();
  expect(exported).toContain("gpt-4o-mini");
  const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
  headgate.kill("SIGTERM");
  await headgate.exited();
  const texts = [exported, metrics, headgate.stdout(), headgate.stderr(), ...filesBelow(headgate.directory)];
  for (const secret of secrets) expect(texts.filter((text) => text.includes(secret))).toEqual([]);
});

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
}
