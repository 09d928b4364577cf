import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";
import { requestOnce } from "../support/raw-client.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** What requests to a gateway's custom provider come back with, over connections of their own so that every worker is asked. */
async function answersOf(url: string, gateway: string): Promise<string[]> {
  const ask = async (): Promise<string> => {
    const response = await requestOnce(Number(new URL(url).port), {
      method: "GET",
      target: `/v1/acme/${gateway}/custom-own/models`,
      headerLines: ["host: a"],
    });
    return `${response.status} ${response.status === 200 ? response.body.toString() : ""}`.trim();
  };
  return [...new Set(await Promise.all(Array.from({ length: 16 }, ask)))];
}

const yaml = (port: number, gateways: string, more = ""): string =>
  `accounts: { acme: { gateways: { ${gateways} } } }\nproviders:\n  custom-own: { base_url: "http://127.0.0.1:${port}" }\n${more}`;

test("a changed configuration file counts in every worker within a second, and breaks off nothing", async () => {
  const serve = (name: string) =>
    Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: ({ url }) => (url.endsWith("/stream") ? new Response(slowStream()) : new Response(name)),
    });
  const [one, two] = [serve("one"), serve("two")];
  using directory = temporaryDirectory();
  const file = join(directory.path, "headgate.yaml");
  try {
    await using headgate = runHeadgateProcess({
      directory: directory.path,
      yaml: yaml(one.port as number, "main: {}"),
      environment: { HEADGATE_WORKERS: "2", HEADGATE_DATA: join(directory.path, "data") },
    });
    const url = await servedUrl(headgate);
    expect(await answersOf(url, "main")).toEqual(["200 one"]);
    expect(await answersOf(url, "late")).toEqual(["400"]);
    const stream = await fetch(`${url}/v1/acme/main/custom-own/stream`);

    writeFileSync(file, yaml(two.port as number, "late: {}", "timeouts: { idle_ms: 5000 }\n"));
    await Bun.sleep(1000);
    expect(await answersOf(url, "late")).toEqual(["200 two"]);
    expect(await answersOf(url, "main")).toEqual(["400"]);
    expect(headgate.logged("config_needs_restart")).toMatchObject([{ keys: ["timeouts"] }]);
    expect(await stream.text()).toBe("0123456789");

    writeFileSync(file, yaml(one.port as number, "late: { retry_delay: soon }"));
    await headgate.until(() => headgate.logged("config_refused").length > 0);
    expect(headgate.logged("config_refused")).toMatchObject([
      { problem: expect.stringContaining("headgate.yaml:1:41  accounts.acme.gateways.late.retry_delay: expected") },
    ]);
    expect(await answersOf(url, "late")).toEqual(["200 two"]);

    writeFileSync(file, yaml(one.port as number, "late: {}"));
    await Bun.sleep(1000);
    expect(await answersOf(url, "late")).toEqual(["200 one"]);
  } finally {
    await one.stop(true);
    await two.stop(true);
  }
}, 30_000);

test("stored keys of the file count at once, in every worker, and a key that does not belong there is not shown", async () => {
  const echo = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ headers }) => new Response(headers.get("authorization") ?? "none"),
  });
  using directory = temporaryDirectory();
  const file = join(directory.path, "headgate.yaml");
  const keyed = (secret: string) =>
    yaml(echo.port as number, `main: { keys: [{ provider: custom-own, secret: "${secret}" }] }`);
  try {
    await using headgate = runHeadgateProcess({
      directory: directory.path,
      yaml: keyed("env:FIRST_KEY"),
      environment: { HEADGATE_WORKERS: "2", FIRST_KEY: "first", SECOND_KEY: "second" },
    });
    const url = await servedUrl(headgate);
    expect(await answersOf(url, "main")).toEqual(["200 Bearer first"]);
    writeFileSync(file, keyed("env:SECOND_KEY"));
    await Bun.sleep(1000);
    expect(await answersOf(url, "main")).toEqual(["200 Bearer second"]);
    writeFileSync(file, keyed("sk-written-into-the-file"));
    await headgate.until(() => headgate.logged("config_refused").length > 0);
    expect(headgate.stderr()).toContain("a key itself does not belong into this file");
    expect(headgate.stderr()).not.toContain("sk-written");
    expect(await answersOf(url, "main")).toEqual(["200 Bearer second"]);
    writeFileSync(file, yaml(echo.port as number, "main: {}"));
    await Bun.sleep(1000);
    expect(await answersOf(url, "main")).toEqual(["200 none"]);
  } finally {
    await echo.stop(true);
  }
}, 30_000);

async function* slowStream(): AsyncGenerator<string> {
  for (let digit = 0; digit < 10; digit += 1) {
    yield String(digit);
    await Bun.sleep(150);
  }
}
