import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { type HeadgateProcess, localCredential, runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const answer = {
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-4o-mini",
  choices: [{ index: 0, message: { role: "assistant", content: "hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 20, completion_tokens: 30, total_tokens: 50 },
};

function answeringUpstream(): { readonly yaml: string } & Disposable {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => Response.json(answer) });
  const gateways = "{ default: {}, quiet: { collect_logs: false } }";
  return {
    yaml: `providers:\n  openai: { base_url: "http://127.0.0.1:${server.port}/v1" }\naccounts: { default: { gateways: ${gateways} } }\n`,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

const gatewayIds = ["default", "quiet"] as const;
type Counts = Record<(typeof gatewayIds)[number], number>;

/** Traffic on both gateways until it is ended. */
function startLoad(url: string) {
  const started: Counts = { default: 0, quiet: 0 };
  const completed: Counts = { default: 0, quiet: 0 };
  const ending = new AbortController();
  const loop = async (gatewayId: keyof Counts): Promise<void> => {
    while (!ending.signal.aborted) {
      started[gatewayId] += 1;
      const response = await fetch(`${url}/v1/default/${gatewayId}/openai/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", connection: "close" },
        body: '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}',
      });
      expect(response.status).toBe(200);
      await response.text();
      completed[gatewayId] += 1;
    }
  };
  const loops = Promise.all([...gatewayIds, ...gatewayIds].map(loop));
  return {
    started: (): Counts => ({ ...started }),
    completed: (): Counts => ({ ...completed }),
    async end() {
      ending.abort();
      await loops;
    },
  };
}

async function run(args: readonly string[], directory: string, environment: Record<string, string> = {}) {
  await using command = runHeadgateProcess({ args, directory, environment });
  const status = await command.exited();
  await Bun.sleep(20);
  return { status, out: command.stdout(), err: command.stderr() };
}

/** Starts a gateway with restored data, waits until its journal is taken in, and ends it. */
async function serveOnce(directory: string): Promise<void> {
  await using headgate = runHeadgateProcess({ directory, environment: { HEADGATE_WORKERS: "1" } });
  const url = await servedUrl(headgate);
  await ingested(url);
  headgate.kill("SIGTERM");
  expect(await headgate.exited()).toBe(0);
}

async function ingested(url: string): Promise<void> {
  for (;;) {
    const { checks } = (await (await fetch(`${url}/readyz`)).json()) as {
      checks: { records: { queued_bytes: number; lost_segments: number; quarantined: number } };
    };
    expect(checks.records).toMatchObject({ lost_segments: 0, quarantined: 0 });
    if (checks.records.queued_bytes === 0) return;
    await Bun.sleep(20);
  }
}

interface Totals {
  readonly rows: number;
  readonly ids: number;
  readonly cost: number;
  readonly counted: Record<string, { requests: number; cost: number }>;
}

function totalsOf(directory: string): Totals {
  using database = new Database(join(directory, "data/headgate.db"), { readonly: true });
  expect(database.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
  const row = database
    .query<{ rows: number; ids: number; cost: number }, []>(
      "SELECT count(*) AS rows, count(DISTINCT id) AS ids, coalesce(sum(cost_nano_usd), 0) AS cost FROM logs",
    )
    .get() as { rows: number; ids: number; cost: number };
  const counted = database
    .query<{ gateway_id: string; requests: number; cost: number }, []>(
      `SELECT gateway_id, sum(requests) AS requests, sum(cost_nano_usd) AS cost
       FROM roll_up_series_minutes JOIN roll_up_series USING (series) GROUP BY gateway_id`,
    )
    .all();
  return { ...row, counted: Object.fromEntries(counted.map(({ gateway_id: id, ...sums }) => [id, sums])) };
}

function leftoversIn(...directories: readonly string[]): string[] {
  return directories.flatMap((directory) => readdirSync(directory).filter((name) => name.includes("partial")));
}

/** A directory like one in which a gateway was started, for restored data. */
function sibling(parent: string, name: string, yaml: string): string {
  const directory = join(parent, name);
  mkdirSync(directory);
  void Bun.write(join(directory, "headgate.yaml"), yaml);
  return directory;
}

async function startServing(yaml: string): Promise<{ headgate: HeadgateProcess; url: string }> {
  const headgate = runHeadgateProcess({ yaml, environment: { HEADGATE_WORKERS: "2" } });
  return { headgate, url: await servedUrl(headgate) };
}

test("a backup under load holds every answered request once, logged or only counted, and serves again", async () => {
  using upstream = answeringUpstream();
  using place = temporaryDirectory();
  const { headgate, url } = await startServing(upstream.yaml);
  await using _ = headgate;
  const load = startLoad(url);
  const backups: { name: string; before: Counts; after: Counts }[] = [];
  for (const name of ["one.tar", "two", "three.tar"]) {
    await Bun.sleep(400);
    const before = load.completed();
    const { status, out, err } = await run(["backup", join(place.path, name)], headgate.directory);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toContain("is not inside. Without it a restored gateway does not start");
    backups.push({ name, before, after: load.started() });
  }
  await load.end();
  expect(leftoversIn(place.path, join(headgate.directory, "data"))).toEqual([]);
  expect(statSync(join(place.path, "one.tar")).mode & 0o777).toBe(0o600);
  const key = readFileSync(join(headgate.directory, "data/master.key"), "utf8").trim();
  for (const { name, before, after } of backups) {
    const directory = sibling(place.path, `restored-${name}`, upstream.yaml);
    const { status, out } = await run(["restore", join(place.path, name)], directory, { HEADGATE_MASTER_KEY: key });
    expect(status).toBe(0);
    expect(out).toContain("is there, from the environment");
    await Bun.write(join(directory, "data/master.key"), `${key}\n`);
    await Bun.$`chmod 600 ${join(directory, "data/master.key")}`.quiet();
    await serveOnce(directory);
    const { rows, ids, cost, counted } = totalsOf(directory);
    expect(rows).toBe(ids);
    expect(counted["default"]).toEqual({ requests: rows, cost });
    for (const id of gatewayIds) {
      const { requests } = counted[id] as { requests: number };
      expect(requests).toBeGreaterThanOrEqual(before[id]);
      expect(requests).toBeLessThanOrEqual(after[id]);
    }
    expect(before.default).toBeGreaterThan(20);
  }
}, 120_000);

test("a restored installation has the same totals, tokens, settings and prices; without its master key it does not start", async () => {
  using upstream = answeringUpstream();
  using place = temporaryDirectory();
  const { headgate, url } = await startServing(upstream.yaml);
  await using _ = headgate;
  const credential = localCredential(join(headgate.directory, "data"));
  const at = { PORT: new URL(url).port };
  const made = await run(["tokens", "create", "--name", "app", "--account", "default"], headgate.directory, at);
  const token = made.out.trim();
  const price = ["prices", "set", "--provider", "openai", "--model", "gpt-4o-mini", "--input", "7", "--output", "9"];
  expect((await run(price, headgate.directory, at)).status).toBe(0);
  const gateway = await fetch(`${url}/client/v4/accounts/default/ai-gateway/gateways`, {
    method: "POST",
    headers: { ...credential, "content-type": "application/json" },
    body: JSON.stringify({
      id: "locked",
      authentication: true,
      cache_ttl: 0,
      cache_invalidate_on_update: false,
      collect_logs: true,
      rate_limiting_interval: 0,
      rate_limiting_limit: 0,
    }),
  });
  expect(gateway.status).toBe(200);
  const load = startLoad(url);
  await Bun.sleep(700);
  await load.end();
  await ingested(url);
  const withKey = join(place.path, "with-key.tar");
  expect((await run(["backup", "--with-master-key", withKey], headgate.directory)).out).toContain("is inside");
  expect((await run(["backup", join(place.path, "bare.tar")], headgate.directory)).status).toBe(0);
  // Nothing may be restored under a gateway that runs, nor over data without a word.
  const running = await run(["restore", "--force", withKey], headgate.directory);
  expect(running).toMatchObject({ status: 69 });
  expect(running.err).toContain("Another gateway");
  headgate.kill("SIGTERM");
  expect(await headgate.exited()).toBe(0);
  const occupied = await run(["restore", withKey], headgate.directory);
  expect(occupied).toMatchObject({ status: 73 });
  expect(occupied.err).toContain("--force");
  const original = totalsOf(headgate.directory);
  expect(original.cost).toBeGreaterThan(0);

  const directory = sibling(place.path, "restored", upstream.yaml);
  expect((await run(["restore", withKey], directory)).out).toContain("is there, from the backup");
  expect(totalsOf(directory)).toEqual(original);
  {
    await using restored = runHeadgateProcess({ directory, environment: { HEADGATE_WORKERS: "1" } });
    const again = await servedUrl(restored);
    const ask = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${again}/v1/default/locked/openai/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: '{"model":"gpt-4o-mini","messages":[]}',
      });
    expect((await ask({})).status).toBe(401);
    const answered = await ask({ "cf-aig-authorization": `Bearer ${token}` });
    expect(answered.status).toBe(200);
    // 20 tokens at 7 and 30 at 9 dollars a million.
    expect(Number(answered.headers.get("cf-aig-cost"))).toBeCloseTo(0.00041, 9);
  }
  const bare = sibling(place.path, "bare", upstream.yaml);
  expect((await run(["restore", join(place.path, "bare.tar")], bare)).out).toContain("The master key is not there");
  const start = await run([], bare);
  expect(start.status).toBe(65);
  expect(start.err).toContain("master key");

  // Over data that is there: the same key is found there, and what was there stays aside.
  const forced = await run(["restore", "--force", join(place.path, "bare.tar")], headgate.directory);
  expect(forced.status).toBe(0);
  expect(forced.out).toContain("is there, from the data directory");
  const aside = /What was there before is in (\S+);/.exec(forced.out)?.[1] as string;
  expect(existsSync(join(aside, "headgate.db"))).toBe(true);
  await serveOnce(headgate.directory);
  expect(totalsOf(headgate.directory)).toEqual(original);
}, 120_000);

test("a backup that is killed leaves no backup behind and no harm; the next one clears away what it left", async () => {
  using upstream = answeringUpstream();
  using place = temporaryDirectory();
  const { headgate, url } = await startServing(upstream.yaml);
  await using _ = headgate;
  const load = startLoad(url);
  const target = join(place.path, "backup.tar");
  let killedInTime = 0;
  for (let afterMs = 40; afterMs <= 400; afterMs += 30) {
    await using backup = runHeadgateProcess({ args: ["backup", target], directory: headgate.directory });
    await Bun.sleep(afterMs);
    backup.kill("SIGKILL");
    await backup.exited();
    if (existsSync(target)) {
      // It was faster than the kill, and is whole.
      const directory = sibling(place.path, `of-${afterMs}`, upstream.yaml);
      expect((await run(["restore", target], directory)).status).toBe(0);
      renameSync(target, `${target}.${afterMs}`);
    } else killedInTime += 1;
  }
  expect(killedInTime).toBeGreaterThan(3);
  const before = load.completed();
  expect((await run(["backup", target], headgate.directory)).status).toBe(0);
  await load.end();
  expect(load.completed().default).toBeGreaterThan(before.default);
  expect(leftoversIn(place.path, join(headgate.directory, "data"))).toEqual([]);
  await ingested(url);
}, 120_000);
