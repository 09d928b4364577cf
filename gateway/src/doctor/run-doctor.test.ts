import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { makeCertificate } from "../../test/support/make-certificate.ts";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { type LoadedConfig, parseConfig } from "../config/load-config.ts";
import { openDropBoard } from "../journal/published-drops.ts";
import { catalogue } from "../providers/catalogue.ts";
import { keyPaths, readKeyMarks, writeKeyMarks } from "../secrets/key-files.ts";
import { loadKeys } from "../secrets/load-keys.ts";
import { openInstallationKeys } from "../secrets/installation-keys.ts";
import { settingsFilePath, settingsFileText } from "../settings/settings-file.ts";
import type { StoredObject } from "../stores/ports/settings-store.ts";
import { openDatabase } from "../stores/sqlite/open-database.ts";
import { settingsMigrations } from "../stores/sqlite/settings-migrations.ts";
import type { DoctorContext } from "./finding.ts";
import { checkNames, type NamedFinding, runDoctor } from "./run-doctor.ts";

const integrityCommand = [process.execPath, join(import.meta.dir, "../main.ts"), "role", "check-database"];
const slugs = catalogue.flatMap(({ slug, aliases = [] }) => [slug, ...aliases]);

/** An installation as a gateway that was stopped leaves it. */
class Installation implements Disposable {
  readonly #place = temporaryDirectory();
  readonly data = join(this.#place.path, "data");

  constructor() {
    mkdirSync(join(this.data, "journal"), { recursive: true, mode: 0o700 });
    openDatabase(join(this.data, "settings.db"), { migrations: settingsMigrations }).close();
    openDatabase(join(this.data, "headgate.db")).close();
    loadKeys({ dataDirectory: this.data, environmentKey: null });
  }

  path(name: string): string {
    return join(this.data, name);
  }

  /** Has workers told of these objects. */
  tell(...objects: readonly Pick<StoredObject, "kind" | "id" | "value">[]): void {
    const stored = objects.map((object): StoredObject => ({
      accountId: "default",
      source: "store",
      createdAtMs: 1,
      modifiedAtMs: 1,
      ...object,
    }));
    const part = { startId: "start", accounts: {}, providers: {} };
    writeFileSync(settingsFilePath(this.data), settingsFileText({ version: 1, objects: stored }, part), {
      mode: 0o600,
    });
  }

  loaded(yaml = "", environment: Readonly<Record<string, string>> = {}): LoadedConfig {
    const all = { HEADGATE_DATA: this.data, PORT: "0", ...environment };
    return parseConfig(yaml === "" ? null : yaml, all, { providerSlugs: slugs });
  }

  examine(changes: Partial<DoctorContext> = {}, names: readonly string[] = checkNames): Promise<NamedFinding[]> {
    const context = { ...this.loaded(), isOffline: false, nowMs: Date.now(), integrityCommand, ...changes };
    return runDoctor(context, names);
  }

  /** The findings of one check that are not ok. */
  async faults(check: string, changes: Partial<DoctorContext> = {}): Promise<NamedFinding[]> {
    return (await this.examine(changes, [check])).filter(({ level }) => level !== "ok");
  }

  [Symbol.dispose](): void {
    this.#place[Symbol.dispose]();
  }
}

/** One finding whose text and remedy are like these, of level problem. */
function expectProblem(found: readonly NamedFinding[], text: RegExp, remedy: RegExp): void {
  expectOne(found, new RegExp(`^problem .*(?:${text.source}).* → .*(?:${remedy.source})`));
}

/** The same of level warning. */
function expectWarning(found: readonly NamedFinding[], text: RegExp, remedy: RegExp): void {
  expectOne(found, new RegExp(`^warning .*(?:${text.source}).* → .*(?:${remedy.source})`));
}

function expectOne(found: readonly NamedFinding[], pattern: RegExp): void {
  const told = found.map((finding) => `${finding.level} ${finding.text} → ${finding.remedy}`);
  expect(told).toEqual([expect.stringMatching(pattern)]);
}

function stateOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const { mode, mtimeMs } = statSync(join(directory, name));
      return `${name} ${mode} ${mtimeMs}`;
    });
}

/** A process that holds the data directory's lock. */
function holdLock(installation: Installation): Disposable {
  const child = Bun.spawn(["sleep", "60"]);
  writeFileSync(installation.path("headgate.lock"), JSON.stringify({ pid: child.pid, started: null }));
  return { [Symbol.dispose]: () => child.kill("SIGKILL") };
}

test("a sound installation has nothing but good news, every check tells, and nothing of it is changed", async () => {
  using installation = new Installation();
  const before = stateOf(installation.data);
  const findings = await installation.examine();
  expect(findings.filter(({ level }) => level !== "ok")).toEqual([]);
  expect([...new Set(findings.map(({ check }) => check))]).toEqual([...checkNames]);
  expect(stateOf(installation.data)).toEqual(before);
  rmSync(installation.data, { recursive: true });
  expect((await installation.examine()).filter(({ level }) => level !== "ok")).toEqual([]);
  expect(() => statSync(installation.data)).toThrow();
});

test("disk: what is no directory, open to others, left by a restore", async () => {
  using installation = new Installation();
  writeFileSync(installation.path("restore.json"), "{}");
  expectWarning(await installation.faults("disk"), /restore was broken off/, /ends the restore/);
  rmSync(installation.path("restore.json"));
  mkdirSync(installation.path("before-restore-x"));
  expectWarning(await installation.faults("disk"), /before-restore-x holds data/, /Remove it/);
  rmSync(installation.path("before-restore-x"), { recursive: true });
  chmodSync(installation.data, 0o777);
  expectWarning(await installation.faults("disk"), /changed by others \(mode 0777\)/, /chmod 700/);
  const config = { ...installation.loaded().config, dataDirectory: installation.path("settings.db") };
  expectProblem(await installation.faults("disk", { config }), /is no directory/, /HEADGATE_DATA/);
  const journal = { segment_bytes: 65_536, max_bytes: 1e15 };
  chmodSync(installation.data, 0o700);
  expectWarning(
    await installation.faults("disk", { config: { ...installation.loaded().config, journal } }),
    /could fill the disk/,
    /journal\.max_bytes lower/,
  );
});

test("port: taken by a program, by another gateway, by one that does not answer; a stale lock is none", async () => {
  using installation = new Installation();
  using program = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const on = (port: number): Partial<DoctorContext> => installation.loaded("", { PORT: String(port) });
  const taken = await installation.faults("port", on(program.port));
  expectProblem(taken, /is in use by another program/, /Stop that program, or set PORT/);
  let records: object | null = { store: "ok", queued_bytes: 0 };
  await using gateway = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) =>
      Response.json(request.url.endsWith("/healthz") ? { status: "ok" } : { status: "ready", checks: { records } }),
  });
  const port = gateway.port as number;
  const other = await installation.faults("port", on(port));
  expectProblem(other, /served by a gateway with another data directory/, /set PORT/);
  writeFileSync(installation.path("headgate.lock"), JSON.stringify({ pid: 4_000_000, started: null }));
  expect(await installation.faults("port")).toEqual([]);

  using _ = holdLock(installation);
  expect(await installation.faults("port", on(port))).toEqual([]);
  records = { store: "away", last_error: "SQLITE_FULL: no room", queued_bytes: 0 };
  const away = await installation.faults("port", on(port));
  expectProblem(away, /log store is away: SQLITE_FULL: no room/, /journal waits/);
  records = { store: "ok", queued_bytes: 2e9, dropped_records: 3, lost_segments: 1 };
  const behind = await installation.faults("port", on(port));
  expect(behind.map(({ level, text }) => `${level} ${text}`)).toEqual([
    "warning 2.0 GB of the journal wait to be stored",
    "warning lost since it was started: 3 records, 1 journal segments",
  ]);
  records = null;
  expectProblem(await installation.faults("port", on(port)), /control process does not answer/, /stderr/);
  await gateway.stop(true);
  const silent = await installation.faults("port", on(port));
  expectProblem(silent, /nothing answers GET \/healthz/, /Is PORT the one/);
});

test("clock: a year that cannot be, and data from the future", async () => {
  using installation = new Installation();
  const years = await installation.faults("clock", { nowMs: Date.UTC(1990, 1, 1) });
  expectProblem(years, /the year 1990/, /NTP/);
  const later = Date.now() / 1000 + 7200;
  utimesSync(installation.path("headgate.db"), later, later);
  expectWarning(await installation.faults("clock"), /120 minutes after the present time/, /before the start/);
});

test("master key: gone, another, open to others, changed mark, broken-off rotation, secrets under a key that is gone", async () => {
  using installation = new Installation();
  const paths = keyPaths(installation.data);
  const text = readFileSync(paths.key, "utf8");
  const faults = (): Promise<NamedFinding[]> => installation.faults("master_key");
  rmSync(paths.key);
  expectProblem(await faults(), /master key is missing/, /fingerprint [0-9a-f]{16}/);
  writeFileSync(paths.key, "ab".repeat(32), { mode: 0o600 });
  expectProblem(await faults(), /is another one/, /Start with the one/);
  writeFileSync(paths.key, text);
  chmodSync(paths.key, 0o644);
  expectProblem(await faults(), /may be read by others \(mode 0644\)/, /chmod 600/);
  chmodSync(paths.key, 0o600);
  const marks = readKeyMarks(paths.id);
  if (marks === null) throw new Error("no marks");
  writeKeyMarks(paths.id, { ...marks, next: { fingerprint: "0".repeat(16), source: "file", root: marks.root } });
  expectWarning(await faults(), /rotation .* was broken off/, /Start the gateway/);
  writeKeyMarks(paths.id, { ...marks, root: { ...marks.root, text: `AAAA${marks.root.text.slice(4)}` } });
  expectProblem(await faults(), /was changed/, /backup/);
  writeFileSync(paths.id, "{}");
  expectProblem(await faults(), /does not say which master key/, /backup/);
  const keys = openInstallationKeys({
    masterKey: Buffer.from(text.trim(), "hex").toString("base64url"),
    rootKey: Buffer.alloc(32).toString("base64url"),
  });
  const sealed = keys.seal("secret", { accountId: "default", kind: "secret", id: "s" });
  installation.tell({ kind: "secret", id: "s", value: { name: "s", sealed } });
  rmSync(paths.id);
  expectProblem(await faults(), /is gone, and secrets are sealed/, /backup/);
});

test("secret files: readable by others, configuration that others may change", async () => {
  using installation = new Installation();
  chmodSync(installation.path("settings.db"), 0o644);
  const faults = await installation.faults("secret_files");
  expectWarning(faults, /settings\.db may be read by others \(mode 0644\)/, /chmod 600 .*settings\.db/);
  chmodSync(installation.path("settings.db"), 0o600);
  const file = installation.path("own.yaml");
  writeFileSync(file, "");
  chmodSync(file, 0o666);
  const open = await installation.faults("secret_files", { sources: { file, environment: [] } });
  expectWarning(open, /own\.yaml may be changed by others/, /chmod go-w/);
});

test("databases: newer than the program, no database, damaged in the middle, too long to look through; older is fine", async () => {
  using installation = new Installation();
  const path = installation.path("headgate.db");
  const setVersion = (version: number): void => {
    using database = new Database(path);
    database.run("PRAGMA journal_mode = DELETE");
    database.run(`PRAGMA user_version = ${version}`);
  };
  const faults = (changes: Partial<DoctorContext> = {}): Promise<NamedFinding[]> =>
    installation.faults("databases", changes);
  setVersion(900);
  expectProblem(await faults(), /is of version 900, this program knows/, /at least as new/);
  setVersion(1);
  expect(await faults()).toEqual([]);
  const told = await installation.examine({}, ["databases"]);
  expect(told.map(({ text }) => text).join("\n")).toMatch(/version 1, brought to \d+ by the next start/);
  const late = await faults({ integrityCommand: ["sh", "-c", "exec sleep 30"], integrityTimeoutMs: 100 });
  expect(late.map(({ level }) => level)).toEqual(["warning", "warning"]);
  expect(late[0]?.text).toContain("could not be looked through within");
  using database = new Database(path);
  database.run("CREATE TABLE bulk (id INTEGER PRIMARY KEY, text TEXT)");
  database.run(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO bulk SELECT i, hex(randomblob(40)) FROM n",
  );
  database.close();
  const bytes = readFileSync(path);
  bytes.fill(0xa5, bytes.length - 60_000, bytes.length - 20_000);
  writeFileSync(path, bytes);
  expectProblem(await faults(), /headgate\.db is damaged/, /headgate restore/);
  writeFileSync(path, "no database".repeat(1000));
  expectProblem(await faults(), /headgate\.db cannot be read: .*not a database/, /headgate restore/);
});

test("journal: nearly full, records that could not be written down, damaged parts", async () => {
  using installation = new Installation();
  const yaml = "journal: { segment_bytes: 65536, max_bytes: 131072 }";
  const changes = installation.loaded(yaml);
  writeFileSync(installation.path("journal/w0-1-00000001.hgj"), Buffer.alloc(120_000));
  expectWarning(await installation.faults("journal", changes), /1 segments, 120 kB of 131 kB/, /journal\.max_bytes/);
  const board = openDropBoard(installation.path("drops"), "w0");
  board.publish({ records: 7, bodies: 9 });
  board.close();
  expectWarning(await installation.faults("journal"), /7 records and 9 bodies/, /disk was full/);
  rmSync(installation.path("drops"), { recursive: true });
  mkdirSync(installation.path("journal/quarantine"));
  writeFileSync(installation.path("journal/quarantine/part"), "x");
  expectWarning(await installation.faults("journal"), /1 damaged parts/, /journal-format/);
});

test("exposure: open gateways, knowingly open ones, requests in the clear, a token that can be guessed", async () => {
  using installation = new Installation();
  const open = "accounts: { default: { gateways: { default: { authentication: false } } } }\n";
  const proxied = "network: { trusted_proxies: [10.0.0.1] }\n";
  const faults = (yaml: string, environment: Record<string, string> = {}): Promise<NamedFinding[]> =>
    installation.faults("exposure", installation.loaded(yaml, { HOST: "0.0.0.0", ...environment }));
  expect(await faults(proxied)).toEqual([]);
  expectWarning(await faults(""), /0\.0\.0\.0 takes requests unencrypted/, /proxy that speaks TLS/);
  expectProblem(await faults(open + proxied), /could use default\/default without a token/, /authentication: true/);
  const allowed = await faults(open + proxied, { HEADGATE_ALLOW_OPEN: "true" });
  expectWarning(allowed, /HEADGATE_ALLOW_OPEN says so/, /authentication: true/);
  const weak = await faults(proxied, { HEADGATE_ADMIN_TOKEN: "hunter2" });
  expectWarning(weak, /short enough to be guessed/, /openssl rand/);
  expect(JSON.stringify(weak)).not.toContain("hunter2");
});

test("references: what leads to nothing is a problem, and the environment of a gateway that runs is its own", async () => {
  using installation = new Installation();
  const yaml = `accounts: { default: { gateways: { default: { keys: [{ provider: openai, secret: "env:NOT_SET_ANYWHERE" }] } } } }`;
  const declared = await installation.faults("references", installation.loaded(yaml));
  expectProblem(
    declared,
    /key default of openai: there is no secret behind env:NOT_SET_ANYWHERE/,
    /Set NOT_SET_ANYWHERE/,
  );
  const billed = `accounts: { default: { gateways: { g: { stripe: { authorization: "env:NOT_SET_EITHER", usage_events: [] } } } } }`;
  const billing = await installation.faults("references", installation.loaded(billed));
  expectProblem(billing, /default\/g, stripe: there is no secret behind env:NOT_SET_EITHER/, /Set NOT_SET_EITHER/);
  installation.tell({ kind: "secret", id: "s", value: { name: "mine", reference: "file:/nowhere/at/all" } });
  expectProblem(await installation.faults("references"), /secret mine: .* file:\/nowhere/, /Make the file/);
  installation.tell({ kind: "secret", id: "s", value: { name: "mine", reference: "env:PATH" } });
  expect(await installation.faults("references")).toEqual([]);
  using _ = holdLock(installation);
  expectWarning(
    await installation.faults("references", installation.loaded(yaml)),
    /there is no secret .* here/,
    /Set/,
  );
});

test("providers: not reached, certificates that are not trusted or have ended, addresses the API may not name, nothing when offline", async () => {
  using installation = new Installation();
  const closed = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const closedPort = closed.port;
  closed.stop(true);
  const at = (url: string): Partial<DoctorContext> =>
    installation.loaded(`providers: { custom-own: { base_url: "${url}" } }`);
  const faults = (url: string): Promise<NamedFinding[]> => installation.faults("providers", at(url));
  expectWarning(await faults(`http://127.0.0.1:${closedPort}`), /custom-own .* is not reached/, /firewall/);
  const offline = await installation.examine({ ...at(`http://127.0.0.1:${closedPort}`), isOffline: true }, [
    "providers",
  ]);
  expect(offline.map(({ level, text }) => `${level} ${text}`)).toEqual(["ok not connected to custom-own: --offline"]);
  using plain = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => Response.json({}) });
  expect(await faults(`http://127.0.0.1:${plain.port}`)).toEqual([]);
  let requests = 0;
  for (const [notAfterMs, told] of [
    [Date.now() + 9e9, /its certificate is not trusted/],
    [Date.now() - 86_400_000, /not trusted \(it ended \d days ago\)/],
  ] as const) {
    const server = createServer({ ...makeCertificate({ notAfterMs }) }, () => void (requests += 1));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    expectWarning(await faults(`https://localhost:${port}`), told, /NODE_EXTRA_CA_CERTS/);
    server.close();
  }
  expect(requests).toBe(0);
  const value = {
    name: "x",
    slug: "x",
    base_url: `https://127.0.0.1:${plain.port}`,
    dialect: "openai-chat",
    enable: true,
  };
  installation.tell({ kind: "custom-provider", id: "x", value });
  let connections = 0;
  using watched = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { open: () => void (connections += 1), data() {} },
  });
  installation.tell({
    kind: "custom-provider",
    id: "x",
    value: { ...value, base_url: `https://127.0.0.1:${watched.port}` },
  });
  expectWarning(await installation.faults("providers"), /custom-x .* is not reached/, /firewall/);
  expect(connections).toBe(0);
}, 20_000);

test("budgets that tokens name and that are not there are told", async () => {
  using installation = new Installation();
  const token = (id: string, budgetId: string | null) => ({
    kind: "token" as const,
    id,
    value: { name: id, budgetId },
  });
  installation.tell(token("free", null), token("held", "filed"), token("lost", "gone"));
  const { config } = installation.loaded("accounts: { default: { budgets: { filed: { limit: 1 } } } }");
  expectWarning(await installation.faults("budgets", { config }), /"lost" names the budget gone/, /Declare the budget/);
});
