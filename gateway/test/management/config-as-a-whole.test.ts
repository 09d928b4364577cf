import { expect, test } from "bun:test";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { runHeadgateProcess } from "../support/headgate-process.ts";
import { type ManagedGateway, startManagedGateway } from "../support/management-client.ts";

const yaml = "accounts: { acme: { gateways: { fixed: { retry_delay: 1 } } } }\n";
const gatewayPath = "/accounts/acme/ai-gateway/gateways";
const required = {
  cache_invalidate_on_update: false,
  cache_ttl: 60,
  collect_logs: true,
  rate_limiting_interval: 0,
  rate_limiting_limit: 0,
};

async function withGateway(run: (gateway: ManagedGateway) => Promise<void>): Promise<void> {
  await using gateway = await startManagedGateway({ yaml, environment: { HEADGATE_WORKERS: "0" } });
  await run(gateway);
}

/** What `headgate config …` says of a running gateway. */
async function command(gateway: ManagedGateway, args: readonly string[]) {
  await using run = runHeadgateProcess({
    args: ["config", ...args],
    directory: gateway.headgate.directory,
    environment: { HEADGATE_URL: gateway.url, HEADGATE_ADMIN_TOKEN: "hg-test-admin-token-0123456789" },
  });
  return { status: await run.exited(), out: run.stdout(), err: run.stderr() };
}

const document = (gateways: string, providers = ""): string =>
  `accounts: { acme: { gateways: { ${gateways} }, providers: { ${providers} } } }`;
const paths = (result: { changes: readonly { path: string }[] }) => result.changes.map(({ path }) => path);

test("a document is told apart from what is set, applied whole, exported, and taken back", () =>
  withGateway(async (gateway) => {
    const text = document("main: { retry_delay: 5 }", 'custom-own: { base_url: "https://models.example/v1" }');
    const diff = await gateway.ask("POST", "/api/config/diff", { document: text });
    expect(diff.status).toBe(200);
    expect(paths(diff.result)).toEqual(["accounts.acme.gateways.main", "accounts.acme.providers.custom-own"]);
    expect((await gateway.ask("GET", `${gatewayPath}/main`)).status).toBe(404);

    const applied = await gateway.ask("POST", "/api/config/apply", { document: text });
    expect(applied.result.changes).toEqual(diff.result.changes);
    expect((await gateway.ask("GET", `${gatewayPath}/main`)).result).toMatchObject({ retry_delay: 5 });
    expect((await gateway.ask("POST", "/api/config/apply", { document: text })).result.changes).toEqual([]);

    await gateway.ask("POST", gatewayPath, { ...required, id: "other" });
    const kept = await gateway.ask("POST", "/api/config/diff", { document: document("main: { retry_delay: 6 }") });
    expect(kept.result.changes).toEqual([{ path: "accounts.acme.gateways.main.retry_delay", before: 5, after: 6 }]);
    const pruned = await gateway.ask("POST", "/api/config/diff", { document: document("main: {}"), prune: true });
    expect(paths(pruned.result)).toEqual([
      "accounts.acme.gateways.main.retry_delay",
      "accounts.acme.gateways.other",
      "accounts.acme.providers.custom-own",
    ]);

    const versions = (await gateway.ask("GET", "/api/config/versions")).result as { version: number; source: string }[];
    expect(versions.map(({ source }) => source)).toEqual(["store", "store", "file"]);
    expect((await gateway.ask("GET", `/api/config/versions/${versions[1]?.version}`)).result).toEqual(versions[1]);
    expect((await gateway.ask("GET", "/api/config/versions/999")).status).toBe(404);

    const back = await gateway.ask("POST", "/api/config/rollback", { version: versions[2]?.version });
    expect(paths(back.result).toSorted()).toEqual([
      "accounts.acme.gateways.main",
      "accounts.acme.gateways.other",
      "accounts.acme.providers.custom-own",
    ]);
    const left = (await gateway.ask("GET", gatewayPath)).result as { id: string }[];
    expect(left.map(({ id }) => id)).toEqual(["default", "fixed"]);
    const again = await gateway.ask("POST", "/api/config/rollback", { version: versions[0]?.version, dry_run: true });
    expect(again.result.changes).toHaveLength(3);
    expect((await gateway.ask("POST", "/api/config/rollback", { version: 999 })).status).toBe(404);
  }));

test("what is wrong with a document is told with its line, and nothing of it is applied", () =>
  withGateway(async (gateway) => {
    const refusal = async (text: string): Promise<string[]> => {
      const { status, errors } = await gateway.ask("POST", "/api/config/apply", { document: text });
      expect([400, 409]).toContain(status);
      return errors.map(({ code, message }) => `${status} ${code} ${message}`);
    };
    expect(await refusal("accounts: { acme: { gateways: { a: {}, b: { retry_delay: soon } } } }")).toEqual([
      expect.stringContaining("400 7001 document:1:45  accounts.acme.gateways.b.retry_delay: expected an integer"),
    ]);
    expect(await refusal("accounts: { acme: { gateways: { fixed: { retry_delay: 2 } } } }")).toEqual([
      "409 7001 The configuration file declares acme.gateway.fixed: change it in headgate.yaml",
    ]);
    expect(await refusal('accounts: { acme: { providers: { custom-a: { base_url: "http://10.0.0.1" } } } }')).toEqual([
      expect.stringContaining("400 7001 accounts.acme.providers.custom-a.base_url: "),
    ]);
    const collector = (url: string): string => document(`main: { otel: [{ url: "${url}" }] }`);
    expect(await refusal(collector("https://169.254.169.254/v1/traces"))).toEqual([
      expect.stringContaining("400 7001 accounts.acme.gateways.main.otel.0.url: 169.254.169.254 is a cloud metadata"),
    ]);
    expect(await refusal(collector("http://collector.example.com"))).toEqual([
      expect.stringContaining("expected https"),
    ]);
    expect(await refusal("accounts: { more: { logpush: [{ name: a, type: folder, path: /srv/elsewhere }] } }")).toEqual(
      ["400 7001 accounts.more.logpush: only headgate.yaml names where logs are pushed"],
    );
    expect(await refusal("timeouts: { idle_ms: 5 }\naccounts: { acme: }")).toEqual([
      "400 7001 timeouts: holds for the whole process and belongs in headgate.yaml",
    ]);
    for (const body of [{}, { document: 5 }, { document: "", extra: 1 }])
      expect((await gateway.ask("POST", "/api/config/apply", body)).errors[0]).toMatchObject({ code: 7001 });
    expect((await gateway.ask("GET", "/api/config/versions")).result).toHaveLength(1);
  }));

test("credentials of collectors are in no version, difference or audit line", () =>
  withGateway(async (gateway) => {
    const otel = (key: string) => `otel: [{ url: "https://otel.example", headers: { x-key: ${key} } }]`;
    const shown: string[] = [];
    for (const key of ["marked-secret-1", "marked-secret-2"]) {
      const answer = await gateway.ask("POST", "/api/config/apply", { document: document(`main: { ${otel(key)} }`) });
      expect(answer.result.changes).toHaveLength(1);
      shown.push(JSON.stringify(answer));
    }
    shown.push(JSON.stringify(await gateway.ask("GET", "/api/config/versions")));
    expect(shown.join("")).not.toContain("marked-secret");
  }));

test("headgate config diff, apply, export, history and rollback", () =>
  withGateway(async (gateway) => {
    const file = join(gateway.headgate.directory, "settings.yaml");
    writeFileSync(file, document("main: { retry_delay: 5 }"));
    expect(await command(gateway, ["diff", "settings.yaml"])).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^\+ accounts\.acme\.gateways\.main: \{/),
    });
    const { result } = await gateway.ask("GET", "/api/config/versions");
    const before = String(result[0].version);
    expect((await command(gateway, ["apply", "settings.yaml"])).out).toContain(
      `Version ${Number(before) + 1} is in use.`,
    );
    expect((await command(gateway, ["apply", "settings.yaml"])).out).toBe("Nothing changed.\n");
    await gateway.ask("PUT", `${gatewayPath}/main`, {
      ...required,
      rate_limiting_interval: null,
      rate_limiting_limit: null,
      zdr: true,
    });
    const exported = await command(gateway, ["export", "--account", "acme"]);
    expect(exported.out).toBe(
      "# not in the file by this version: accounts.acme.gateways.main.zdr = true\n" +
        "accounts:\n  acme:\n    gateways:\n      main:\n        cache_ttl: 60\n        retry_delay: 5\n",
    );
    const history = await command(gateway, ["history"]);
    expect(history.out).toContain("~ accounts.acme.gateways.main.cache_ttl: null -> 60");
    expect((await command(gateway, ["rollback", before, "--dry-run"])).out).toBe("- accounts.acme.gateways.main\n");
    expect((await command(gateway, ["rollback", before])).out).toContain("is in use.");
    expect((await gateway.ask("GET", `${gatewayPath}/main`)).status).toBe(404);
    expect(await command(gateway, ["rollback", "soon"])).toMatchObject({ status: 64 });
    expect(await command(gateway, ["apply", "missing.yaml"])).toMatchObject({
      status: 64,
      err: expect.stringContaining("missing.yaml cannot be read"),
    });
    writeFileSync(file, "accounts: { acme: { gateways: { main: { retry_delay: soon } } } }");
    const refused = await command(gateway, ["apply", "settings.yaml"]);
    expect([refused.status, refused.err]).toEqual([
      64,
      expect.stringContaining("document:1:41  accounts.acme.gateways.main.retry_delay: expected"),
    ]);
  }));
