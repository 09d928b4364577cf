import { expect, test } from "bun:test";
import { join } from "node:path";
import { sampleEntry } from "../support/sample-entry.ts";
import { startLogsApi } from "../support/start-logs-api.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const main = join(import.meta.dir, "../../src/main.ts");

/** Starts `headgate logs` in an empty directory. */
function startLogs(args: readonly string[], environment: Record<string, string>) {
  const directory = temporaryDirectory();
  const child = Bun.spawn([process.execPath, main, "logs", ...args], {
    cwd: directory.path,
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });
  void child.exited.then(() => directory[Symbol.dispose]());
  return child;
}

async function logs(args: readonly string[], environment: Record<string, string>) {
  const child = startLogs(args, environment);
  const [out, err, status] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { out, err, status };
}

const idsIn = (text: string): string[] => text.split("\n").flatMap((line) => /([0-9a-f-]{36})$/.exec(line)?.[1] ?? []);

test("prints the newest as lines, from old to new, narrowed by every option", async () => {
  await using api = startLogsApi();
  await api.add(Array.from({ length: 30 }, () => sampleEntry()));
  const [dear, failed] = [
    await api.addOne(
      {
        provider: "anthropic",
        model: "claude",
        cost: { state: "priced", nanoUsd: 2_000_000_000, priceVersion: "1" },
        metadata: { user: "u2", team: "a,b" },
      },
      { request: "about a refund" },
    ),
    await api.addOne({ success: false, statusCode: 503, outcome: "upstream_broken", createdAtMs: Date.now() }),
  ];
  const environment = { HEADGATE_URL: `${api.url}/` };
  const all = await logs([], environment);
  expect([all.status, all.err]).toEqual([0, ""]);
  expect(idsIn(all.out)).toHaveLength(20);
  expect(idsIn(all.out).slice(-2)).toEqual([dear, failed]);
  expect(all.out).toContain("  anthropic/claude  ");
  const narrowed: [args: string[], ids: string[]][] = [
    [["--provider", "anthropic"], [dear]],
    [["--model=claud"], [dear]],
    [["--failed"], [failed]],
    [["--status", "404,5xx"], [failed]],
    [["--since", "5m"], [failed]],
    [["--until", "5m", "-n", "1"], [dear]],
    [["--search", "refund"], [dear]],
    [["--metadata", "user=u2", "--metadata", "team=a,b"], [dear]],
    [["--metadata", "user=u2", "--metadata", "team=c"], []],
    [["--min-cost", "2"], [dear]],
    [["--gateway", "other"], []],
    [["list", "--failed"], [failed]],
  ];
  for (const [args, ids] of narrowed) {
    const { out, err } = await logs(args, environment);
    expect([args, idsIn(out), err]).toEqual([args, ids, ""]);
  }
  const json = await logs(["--json", "--failed"], environment);
  expect(JSON.parse(json.out)).toMatchObject({ id: failed, status_code: 503 });
  const csv = await logs(["--csv", "--bodies"], environment);
  expect(csv.out.split("\r\n")).toHaveLength(34);
  expect(csv.out).toContain("about a refund");
});

test("--follow goes on with what comes and ends at SIGINT", async () => {
  await using api = startLogsApi();
  const before = await api.addOne();
  const child = startLogs(["-f", "--json"], { HEADGATE_URL: api.url });
  const reader = child.stdout.getReader();
  const next = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
  expect(JSON.parse(await next())).toMatchObject({ id: before });
  const after = await api.addOne();
  expect(JSON.parse(await next())).toMatchObject({ id: after });
  child.kill("SIGINT");
  expect([await child.exited, await child.stderr.text()]).toEqual([0, ""]);
});

test("says what is wrong, with a status of its own", async () => {
  await using api = startLogsApi({ adminToken: "right" });
  const environment = { HEADGATE_URL: api.url };
  const cases: [args: string[], environment: Record<string, string>, status: number, message: string][] = [
    [["--colour"], environment, 64, "Unknown option --colour"],
    [["--limit", "0"], environment, 64, "--limit takes"],
    [["--follow", "--csv"], environment, 64, "--follow goes with"],
    [["--bodies"], environment, 64, "--bodies goes with"],
    [["--gateway", "a b"], environment, 64, "--account and --gateway take"],
    [[], { HEADGATE_URL: "127.0.0.1" }, 64, "HEADGATE_URL takes"],
    [[], environment, 77, "Is HEADGATE_ADMIN_TOKEN right?"],
    [[], { HEADGATE_URL: "http://127.0.0.1:1" }, 69, "No gateway answers on http://127.0.0.1:1"],
  ];
  for (const [args, variables, status, message] of cases) {
    const answer = await logs(args, variables);
    expect([args, answer.status, answer.out]).toEqual([args, status, ""]);
    expect(answer.err).toContain(message);
  }
  const allowed = await logs([], { ...environment, HEADGATE_ADMIN_TOKEN: "right" });
  expect([allowed.status, allowed.err]).toEqual([0, ""]);
  const help = await logs(["--help"], environment);
  for (const part of ["--min-cost", "EXAMPLES", "headgate logs --failed"]) expect(help.out).toContain(part);
});
