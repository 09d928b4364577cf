import { expect, test } from "bun:test";
import type { LogDetail } from "../../api/generated/operations.ts";
import { asCurl } from "./as-curl.ts";

const place = { origin: "http://gw", accountId: "a", gatewayId: "g" };
const log = { provider: "p", path: "chat", method: "POST", request_headers: { "user-agent": "it's", host: "x" } };

test("what a shell reads is the request", async () => {
  const body = `{"text":"it's $HOME \`x\`"}`;
  const command = asCurl(log as unknown as LogDetail, body, place);
  const shell = Bun.spawn(["sh", "-c", command.replace(/^curl/, `printf '%s\\n'`)], { env: { PROVIDER_KEY: "k" } });
  expect((await new Response(shell.stdout).text()).trimEnd().split("\n")).toEqual([
    "http://gw/v1/a/g/p/chat",
    "-H",
    "authorization: Bearer k",
    "-H",
    "user-agent: it's",
    "-H",
    "content-type: application/json",
    "--data-raw",
    body,
  ]);
});

test("no body, another method", () => {
  const command = asCurl({ ...log, method: "GET", request_headers: {} } as unknown as LogDetail, null, place);
  expect(command).toContain("-X GET");
  expect(command).not.toContain("--data-raw");
});
