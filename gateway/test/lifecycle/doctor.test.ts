import { expect, test } from "bun:test";
import { createServer, type Server } from "node:https";
import { mkdirSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";
import { makeCertificate } from "../support/make-certificate.ts";
import { streamingUpstream } from "../support/streaming-upstream.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const mainPath = join(import.meta.dir, "../../src/main.ts");

interface Report {
  readonly status: string;
  readonly findings: readonly { readonly check: string; readonly level: string; readonly text: string }[];
}

async function doctor(directory: string, args: readonly string[] = [], environment: Record<string, string> = {}) {
  await using command = runHeadgateProcess({ args: ["doctor", ...args], directory, environment });
  const status = await command.exited();
  await Bun.sleep(20);
  return { status, out: command.stdout(), err: command.stderr() };
}

function faultsIn(out: string): string[] {
  const { findings } = JSON.parse(out) as Report;
  return findings.filter(({ level }) => level !== "ok").map(({ check, level, text }) => `${level} ${check} ${text}`);
}

test("doctor before the start, while it serves, and when a provider of the last day is gone", async () => {
  const upstream = streamingUpstream(1, 0);
  await using headgate = runHeadgateProcess({ yaml: upstream.yaml, environment: { HEADGATE_WORKERS: "1" } });
  const url = await servedUrl(headgate);
  const port = { PORT: new URL(url).port };
  const serving = await doctor(headgate.directory, [], port);
  expect({ status: serving.status, err: serving.err }).toEqual({ status: 0, err: "" });
  expect(serving.out).toContain(`ok       port         process ${headgate.pid} serves this data directory\n`);
  expect(serving.out).toContain(`ok       port         it answers on 127.0.0.1:${port.PORT}\n`);
  expect(serving.out).toMatch(/^ok {7}providers {4}openai \(127\.0\.0\.1:\d+\) is reached, unencrypted$/m);
  expect(serving.out).not.toMatch(/^(?:warning|problem)/m);

  const asked = await fetch(`${url}/v1/default/default/openai/chat/completions`, { method: "POST", body: "{}" });
  await asked.text();
  upstream[Symbol.dispose]();
  const faultsOfProviders = async (): Promise<string[]> =>
    faultsIn((await doctor(headgate.directory, ["--json", "--only", "providers"], port)).out);
  // A warning for what is only configured, a problem once the ledger has taken in that it was asked.
  for (let look = 0; look < 20 && !(await faultsOfProviders())[0]?.startsWith("problem"); look += 1)
    await Bun.sleep(50);
  expect(await faultsOfProviders()).toEqual([expect.stringContaining("problem providers openai (127.0.0.1:")]);
  const gone = await doctor(headgate.directory, [], port);
  expect(gone.status).toBe(1);
  expect(gone.err).toBe("problems: 1, warnings: 0\n");
  expect(gone.out).toMatch(/^problem {2}providers .* is not reached: .*\n {22}→ See whether name, firewall/m);
  expect((await doctor(headgate.directory, ["--offline"], port)).status).toBe(0);
}, 60_000);

test("doctor of a configuration that cannot be used, and of names it does not know", async () => {
  using directory = temporaryDirectory();
  writeFileSync(join(directory.path, "headgate.yaml"), "timeouts: { connect_ms: soon }\nlimit: {}\n");
  const { status, out } = await doctor(directory.path, ["--json"]);
  expect(status).toBe(1);
  expect(faultsIn(out)).toEqual([
    expect.stringContaining("problem config headgate.yaml:1:13  timeouts.connect_ms: expected an integer"),
    expect.stringContaining("problem config headgate.yaml:2:1  limit: "),
  ]);
  const unknown = await doctor(directory.path, ["--only", "port,moon"]);
  expect(unknown).toMatchObject({ status: 64 });
  expect(unknown.err).toContain("got moon");
}, 20_000);

test("a certificate of a trusted authority that ends soon is told", async () => {
  using directory = temporaryDirectory();
  const certificate = makeCertificate({ notAfterMs: Date.now() + 5.5 * 86_400_000 });
  const authority = join(directory.path, "authority.pem");
  writeFileSync(authority, certificate.cert);
  const server: Server = createServer(certificate);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const yaml = `providers: { custom-own: { base_url: "https://localhost:${port}" } }\n`;
  writeFileSync(join(directory.path, "headgate.yaml"), yaml);
  const { status, out } = await doctor(directory.path, ["--json"], { NODE_EXTRA_CA_CERTS: authority });
  server.close();
  expect(faultsIn(out)).toEqual([`warning providers custom-own (localhost:${port}): its certificate ends in 5 days`]);
  expect(status).toBe(0);
}, 20_000);

/** Runs doctor where `prepare` (a shell script with the data directory as $1) was run first. */
function doctorAfter(prepare: string, directory: string, only: string): Report | null {
  mkdirSync(join(directory, "data"), { recursive: true });
  const namespaces = process.getuid?.() === 0 ? ["unshare", "-m"] : ["unshare", "-rm"];
  const probe = Bun.spawnSync([...namespaces, "sh", "-c", 'mount -t tmpfs none "$0"', join(directory, "data")]);
  if (!probe.success) {
    console.log(`not tested: no private mount here (${probe.stderr.toString().trim()})`);
    return null;
  }
  const script = `${prepare} && exec "$0" "$2" doctor --json --only ${only}`;
  const command = ["sh", "-c", script, process.execPath, join(directory, "data"), mainPath];
  const run = Bun.spawnSync([...namespaces, ...command], {
    cwd: directory,
    env: { ...process.env, HEADGATE_DATA: join(directory, "data"), PORT: "0" },
  });
  return JSON.parse(run.stdout.toString()) as Report;
}

test("a full disk, a disk that cannot be written to, memory for a disk, too few open files", () => {
  using directory = temporaryDirectory();
  const faults = (prepare: string, only: string): string[] | null => {
    const report = doctorAfter(prepare, directory.path, only);
    return report === null ? null : faultsIn(JSON.stringify(report));
  };
  const full = faults('mount -t tmpfs -o size=4m,mode=700 none "$1"', "disk");
  if (full === null) return;
  expect(full).toEqual([
    expect.stringContaining("warning disk the data directory is on tmpfs"),
    expect.stringContaining("problem disk the disk is full: 4 MB free"),
  ]);
  const readOnly = faults('mount -t tmpfs -o ro,size=4g,mode=700 none "$1"', "disk");
  expect(readOnly?.[0]).toMatch(/^problem disk data directory .* cannot be written to \(EROFS\)$/);
  expect(faults("ulimit -n 500", "descriptors")).toEqual([
    "warning descriptors 500 open files a process: each worker takes 116 connections at once",
  ]);
}, 30_000);
