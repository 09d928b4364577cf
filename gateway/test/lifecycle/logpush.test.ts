import { describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLogpush, type Logpush, type LogpushOptions } from "../../src/logpush/create-logpush.ts";
import type { LogpushTargetSettings } from "../../src/core/export-settings.ts";
import { parseRecords, startLogpushReceiver } from "../support/logpush-receiver.ts";
import { sampleEntry } from "../support/sample-entry.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { until } from "../support/until.ts";

const pair = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const limits = { maxBatchAgeMs: 10, retryDelayMs: 10 } as const;
const secrets: Record<string, string> = {
  "secret:endpoint": "Bearer endpoint-secret",
  "secret:bucket": "bucket-secret",
};

interface Started {
  readonly logpush: Logpush;
  readonly failures: string[];
}

function start(directory: string, target: LogpushTargetSettings, changes: Partial<LogpushOptions> = {}): Started {
  const failures: string[] = [];
  const logpush = createLogpush({
    gateways: [{ accountId: "default", gatewayId: "default", publicKey: pair.publicKey }],
    accounts: [{ accountId: "default", targets: [target] }],
    directory,
    resolveSecret: async (reference) => secrets[reference] ?? null,
    onFailure: (name, cause) => failures.push(`${name} ${cause}`),
    limits,
    ...changes,
  });
  return { logpush, failures };
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

/** Runs `logs decrypt` with arguments. */
function decrypt(...rawArgs: string[]): { exitCode: number | null; stdout: string; stderr: string } {
  const command = join(import.meta.dir, "../../src/cli/logs-decrypt-command.ts");
  const program = `
    import { runCommand } from "citty";
    import { decryptCommand } from ${JSON.stringify(command)};
    await runCommand(decryptCommand, { rawArgs: process.argv.slice(1) }).catch((error) => {
      process.stderr.write(error.message);
      process.exitCode = error.status ?? 64;
    });`;
  const cwd = join(import.meta.dir, "..");
  const run = Bun.spawnSync([process.execPath, "-e", program, "--", ...rawArgs], { cwd, timeout: 20_000 });
  return { exitCode: run.exitCode, stdout: run.stdout.toString(), stderr: run.stderr.toString() };
}

describe("a folder", () => {
  test("gets files that decrypt opens, and no secret lies anywhere", async () => {
    using spool = temporaryDirectory();
    using folder = temporaryDirectory();
    const { logpush } = start(spool.path, { name: "archive", type: "folder", path: folder.path });
    const credential = "sk-0123456789-never-to-be-seen";
    const bodies = { request: '{"model":"m","messages":[]}', response: "not\nUTF-8? yes: ü" };
    const requestHeaders = { "x-left-by-mistake": credential };
    await logpush.prepare?.([
      sampleEntry({ model: "first", metadata: { user: "u1", paid: true }, requestHeaders }, bodies),
      sampleEntry({ model: "second", metadata: null }),
      sampleEntry({ model: "not logged", isLogged: false }),
      sampleEntry({ model: "of another gateway", gatewayId: "other" }),
      sampleEntry({ model: "of another account", accountId: "other" }),
    ]);
    await until("the file", () => filesBelow(folder.path).some((path) => path.endsWith(".gz")));
    await logpush.stop(1000);
    const [file, ...others] = filesBelow(folder.path) as [string];
    expect(others).toEqual([]);
    expect(file.slice(folder.path.length)).toMatch(/^\/\d{8}\/\d{8}T\d{6}Z_[\da-f-]{36}\.ndjson\.gz$/);
    expect(filesBelow(spool.path)).toEqual([]);
    expect(logpush.states()).toEqual([
      { name: "default/archive", waitingBytes: 0, deliveredRecords: 2, droppedRecords: 0, failedDeliveries: 0 },
    ]);

    const keyPath = join(spool.path, "private.pem");
    writeFileSync(keyPath, pair.privateKey);
    const { exitCode, stdout, stderr } = decrypt("--key", keyPath, file);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const [first, second] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(first).toMatchObject({
      Model: "first",
      Metadata: { user: "u1", paid: true },
      RequestBody: bodies.request,
      ResponseBody: bodies.response,
    });
    expect(second).toMatchObject({ Model: "second", Metadata: {}, RequestBody: "", ResponseBody: "" });
    const plain = JSON.stringify(parseRecords(readFileSync(file)));
    expect(plain + stdout).not.toContain(credential);
    expect(plain).not.toContain("messages");
  });

  test("decrypt reads plain files, tells bad lines, and refuses bad keys", () => {
    using directory = temporaryDirectory();
    const path = (name: string, content: string): string => {
      writeFileSync(join(directory.path, name), content);
      return join(directory.path, name);
    };
    const key = path("private.pem", pair.privateKey);
    const foreign = JSON.stringify({ Metadata: { type: "encrypted", key: "AAAA", iv: "AAAA", data: "AAAA" } });
    const file = path("log.ndjson", `{"Model":"a"}\n\nnot json\n${foreign}\n{"Model":"b"}`);
    const run = decrypt("--key", key, file);
    expect(run.stdout).toBe('{"Model":"a"}\n{"Model":"b"}\n');
    expect(run.stderr).toBe(
      `${file}:3: no JSON object\n${file}:4: encrypted for another key, or changed\n2 lines could not be decrypted`,
    );
    expect(run.exitCode).toBe(66);
    expect(decrypt("--key", key, join(directory.path, "missing")).exitCode).toBe(66);
    expect(decrypt("--key", file, file)).toMatchObject({ exitCode: 66, stdout: "" });
    const broken = path("broken.gz", "");
    writeFileSync(broken, Bun.gzipSync("{}\n").subarray(0, 12));
    expect(decrypt("--key", key, broken)).toMatchObject({ exitCode: 66, stdout: "" });
    expect(decrypt(file).stderr).toContain("--key");
  });
});

describe("an HTTP endpoint", () => {
  test("gets gzip with its headers, and a failed delivery again under the same id", async () => {
    using spool = temporaryDirectory();
    await using elsewhere = startLogpushReceiver();
    await using receiver = startLogpushReceiver();
    receiver.answers.push(
      () => new Response(null, { status: 500 }),
      () => Response.redirect(elsewhere.url, 307),
      () => new Response(null, { status: 403 }),
    );
    const target = { name: "siem", type: "http", url: `${receiver.url}/in`, authorization: "secret:endpoint" } as const;
    const { logpush, failures } = start(spool.path, { ...target, headers: { "x-source": "headgate" } });
    await logpush.prepare?.([sampleEntry(), sampleEntry()]);
    await until("the file", () => receiver.files.length === 1);
    await logpush.stop(1000);
    expect(failures).toEqual(["default/siem 500", "default/siem 307", "default/siem 403"]);
    expect(elsewhere.requestCount).toBe(0);
    const [file] = receiver.files;
    expect(file).toMatchObject({ method: "POST", path: "/in" });
    expect(Object.fromEntries(file!.headers)).toMatchObject({
      authorization: "Bearer endpoint-secret",
      "content-encoding": "gzip",
      "content-type": "application/x-ndjson",
      "x-source": "headgate",
    });
    expect(file!.headers.get("headgate-batch-id")).toMatch(/^[\da-f-]{36}$/);
    expect(file!.records).toHaveLength(2);
    expect(logpush.states()[0]).toMatchObject({ deliveredRecords: 2, failedDeliveries: 3, waitingBytes: 0 });
  });

  test("that is away keeps nobody waiting; what it missed comes when it is back, or with the next process", async () => {
    using spool = temporaryDirectory();
    const gone = startLogpushReceiver();
    await gone[Symbol.asyncDispose]();
    const first = start(spool.path, { name: "siem", type: "http", url: gone.url });
    const entries = Array.from({ length: 100 }, (_, index) => sampleEntry({ model: `m${index}` }));
    await first.logpush.prepare?.(entries);
    await until("a failure", () => first.failures.length > 0);
    await first.logpush.stop(0);
    expect(first.failures[0]).toBe("default/siem no_connection");
    expect(first.logpush.states()[0]?.waitingBytes).toBeGreaterThan(10_000);

    await using receiver = startLogpushReceiver();
    const second = start(spool.path, { name: "siem", type: "http", url: receiver.url });
    await until("the files", () => receiver.files.flatMap(({ records }) => records).length >= 100);
    await second.logpush.stop(1000);
    const models = receiver.files.flatMap(({ records }) => records).map((record) => record["Model"]);
    expect(models).toEqual(entries.map(({ record }) => record.model));
  });

  test("loses nothing when the process is killed, again and again, and the endpoint answers badly", async () => {
    using spool = temporaryDirectory();
    await using receiver = startLogpushReceiver();
    let acknowledgedCount = 0;
    for (let round = 0; round < 3; round += 1) {
      for (let count = 0; count < 4; count += 1) {
        receiver.answers.push(() => new Response(null, { status: count % 2 === 0 ? 503 : 200 }));
      }
      const program = join(import.meta.dir, "../support/logpush-until-killed.ts");
      const child = Bun.spawn([process.execPath, program, spool.path, receiver.url, pair.publicKey], {
        stdout: "pipe",
        stderr: "inherit",
      });
      const reading = child.stdout.text();
      const filesBefore = receiver.files.length;
      await until("some files", () => receiver.files.length > filesBefore + 2, 10_000);
      child.kill("SIGKILL");
      await child.exited;
      const output = await reading;
      const acknowledged = output.slice(0, output.lastIndexOf("\n")).split("\n");
      acknowledgedCount += acknowledged.length;
      const { logpush } = start(spool.path, { name: "endpoint", type: "http", url: receiver.url });
      await until("the rest", () => logpush.states()[0]?.waitingBytes === 0, 10_000);
      await logpush.stop(1000);
      const records = receiver.files.slice(filesBefore).flatMap((file) => file.records);
      const came = new Set(records.map((record) => record["Model"]));
      expect(acknowledged.filter((name) => !came.has(name))).toEqual([]);
    }
    expect(acknowledgedCount).toBeGreaterThan(30);
  }, 60_000);
});

describe("a bucket", () => {
  test("gets objects by signed PUT", async () => {
    using spool = temporaryDirectory();
    await using receiver = startLogpushReceiver();
    receiver.answers.push(() => new Response("<Error><Code>AccessDenied</Code></Error>", { status: 403 }));
    const { logpush, failures } = start(spool.path, {
      name: "bucket",
      type: "s3",
      bucket: "logs",
      prefix: "headgate/",
      region: "eu-central-1",
      endpoint: receiver.url,
      access_key_id: "AKIDEXAMPLE",
      secret_access_key: "secret:bucket",
    });
    await logpush.prepare?.([sampleEntry()]);
    await until("the object", () => receiver.files.length === 1, 5000);
    await logpush.stop(1000);
    const [file] = receiver.files;
    expect(file).toMatchObject({ method: "PUT" });
    expect(file!.path).toMatch(/^\/logs\/headgate\/\d{8}\/\d{8}T\d{6}Z_[\da-f-]{36}\.ndjson\.gz$/);
    expect(file!.headers.get("authorization")).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/s3\//,
    );
    expect(JSON.stringify([...file!.headers])).not.toContain("bucket-secret");
    expect(file!.records).toHaveLength(1);
    expect(failures).toEqual(["default/bucket AccessDenied"]);
  });

  test("without its secret waits for it", async () => {
    using spool = temporaryDirectory();
    const target = {
      name: "b",
      type: "s3",
      bucket: "logs",
      access_key_id: "A",
      secret_access_key: "secret:none",
    } as const;
    const { logpush, failures } = start(spool.path, target);
    await logpush.prepare?.([sampleEntry()]);
    await until("a failure", () => failures.length > 0);
    await logpush.stop(0);
    expect(failures[0]).toBe("default/b secret_missing");
    expect(logpush.states()[0]).toMatchObject({ deliveredRecords: 0, droppedRecords: 0 });
  });
});

test("a full disk costs the records that met it, counted, and delivery makes room again", () => {
  using directory = temporaryDirectory();
  const namespaces = process.getuid?.() === 0 ? ["unshare", "-m"] : ["unshare", "-rm"];
  const probe = Bun.spawnSync([...namespaces, "sh", "-c", 'mount -t tmpfs none "$0"', directory.path]);
  if (!probe.success) {
    console.log(`full disk not tested: no private mount here (${probe.stderr.toString().trim()})`);
    return;
  }
  const mount = 'mount -t tmpfs -o size=128k none "$2" && exec "$0" "$1" "$2"';
  const program = join(import.meta.dir, "../support/spool-beyond-space.ts");
  const command = [...namespaces, "sh", "-c", mount, process.execPath, program, directory.path];
  const run = Bun.spawnSync(command, { timeout: 20_000 });
  expect(run.stderr.toString()).toBe("");
  const report = JSON.parse(run.stdout.toString()) as Record<
    "appended" | "dropped" | "delivered" | "afterwards",
    number
  >;
  expect(report.dropped).toBeGreaterThan(0);
  expect(report.delivered).toBeGreaterThan(50);
  expect(report.delivered + report.dropped).toBe(report.appended);
  expect(report.afterwards).toBe(1);
});
