import { expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { localCredential, runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const pem = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" });
const pemLines = pem.toString().split("\n").slice(1, 4);

/** Texts that must be nowhere, each part of a secret of another form. */
const marks = {
  environment: "sk-MarkOfTheEnvironment0001",
  file: "sk-MarkOfTheFile0000000002",
  sealed: "sk-MarkOfTheSealed00000003",
  replaced: "sk-MarkOfTheReplaced000004",
  pool: "sk-MarkOfThePool0000000005",
  store: "sk-MarkOfTheStore000000006",
  awsSecret: "MarkOfTheAwsSecretKey00007",
  awsToken: "MarkOfTheAwsSession0000008",
  broken: "MarkOfTheBrokenSecret00009",
  masterKey: "MarkOfTheMasterKey-of-32-characters",
} as const;

/** A text as it is, and as it may stand inside base64, whatever stands before it. */
function formsOf(text: string): Buffer[] {
  const encoded = [0, 1, 2].flatMap((shift) => {
    const whole = Buffer.from(" ".repeat(shift) + text);
    return (["base64", "base64url"] as const).map((encoding) =>
      whole.toString(encoding).slice(shift === 0 ? 0 : 4, -4),
    );
  });
  return [text, ...encoded, Buffer.from(text).toString("hex")].map((form) => Buffer.from(form));
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A provider that is of another mind each time. */
function moodyProvider(): { port: number; keysSeen: Set<string>; [Symbol.dispose](): void } {
  const keysSeen = new Set<string>();
  let count = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      for (const [, value] of request.headers) {
        for (const [name, mark] of Object.entries(marks)) if (value.includes(mark)) keysSeen.add(name);
      }
      if (request.headers.get("authorization")?.startsWith("AWS4-HMAC-SHA256") === true) keysSeen.add("awsSecret");
      count += 1;
      switch (count % 6) {
        case 0:
          return Response.json({ error: { message: "slow down" } }, { status: 429, headers: { "retry-after": "0" } });
        case 1:
          return Response.json({ error: { message: "bad key" } }, { status: 401 });
        case 2:
          return new Response("broken", { status: 500 });
        case 3:
          return new Response('data: {"choices":[]}\n\ndata: [DONE]\n\n', {
            headers: { "content-type": "text/event-stream" },
          });
        default:
          return Response.json({
            id: "x",
            object: "chat.completion",
            model: "m",
            choices: [],
            usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
          });
      }
    },
  });
  return { port: server.port as number, keysSeen, [Symbol.dispose]: () => void server.stop(true) };
}

test("R24 R25 stored keys are in no file, log line, row or answer, whatever their form and whatever happens", async () => {
  using provider = moodyProvider();
  using directory = temporaryDirectory();
  using outside = temporaryDirectory();
  const secretFile = join(outside.path, "key");
  writeFileSync(secretFile, marks.file);
  writeFileSync(`${secretFile}.json`, `{"accessKeyId":"${marks.broken}"}`);
  const local = `{ base_url: "http://127.0.0.1:${provider.port}" }`;
  await using headgate = runHeadgateProcess({
    directory: directory.path,
    environment: { HEADGATE_WORKERS: "2", HEADGATE_MASTER_KEY: marks.masterKey, OPENAI_MARKED: marks.environment },
    yaml: `
accounts:
  default:
    gateways:
      default:
        retry_max_attempts: 2
        retry_delay: 0
        keys:
          - { provider: openai, secret: env:OPENAI_MARKED }
          - { provider: openai, alias: file, secret: "file:${secretFile}" }
          - { provider: aws-bedrock, alias: broken, secret: "file:${secretFile}.json" }
providers:
  openai: ${local}
  anthropic: ${local}
  aws-bedrock: ${local}
  google-vertex-ai: ${local}
  mistral: { base_url: "http://127.0.0.1:9" }
`,
  });
  const url = await servedUrl(headgate);
  const data = join(directory.path, "data");
  const answers: string[] = [];
  const ask = async (path: string, init: RequestInit = {}): Promise<string> => {
    const response = await fetch(url + path, init);
    const text = await response.text();
    answers.push(`${path} ${response.status} ${JSON.stringify([...response.headers])} ${text}`);
    return text;
  };
  const manage = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const headers = { ...localCredential(data), "content-type": "application/json" };
    const text = await ask(`/client/v4/accounts/default${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { success, result } = JSON.parse(text) as { success: boolean; result: Record<string, unknown> };
    expect([path, success, text]).toEqual([path, true, text]);
    return result;
  };

  const aws = {
    accessKeyId: "AKIAMARKED",
    secretAccessKey: marks.awsSecret,
    region: "us-east-1",
    sessionToken: marks.awsToken,
  };
  const account = { client_email: "robot@project.example", private_key: pem, project_id: "p", region: "us-east1" };
  const configs: [alias: string, provider: string, secret: string][] = [
    ["sealed", "openai", marks.sealed],
    ["pool", "openai", marks.pool],
    ["pool", "openai", `${marks.pool}-2`],
    ["default", "anthropic", marks.replaced],
    ["default", "mistral", marks.sealed],
    ["default", "aws-bedrock", JSON.stringify(aws)],
    ["default", "google-vertex-ai", JSON.stringify(account)],
    ["broken", "google-vertex-ai", JSON.stringify({ ...account, private_key: marks.broken })],
  ];
  const made: Record<string, unknown>[] = [];
  for (const [alias, slug, secret] of configs) {
    const body = { alias, provider_slug: slug, secret, default_config: alias === "default" };
    made.push(await manage("POST", "/ai-gateway/gateways/default/provider_configs", body));
  }
  const refused = {
    alias: "no",
    provider_slug: "aws-bedrock",
    default_config: false,
    secret: `{"a":"${marks.broken}"}`,
  };
  const configsPath = "/client/v4/accounts/default/ai-gateway/gateways/default/provider_configs";
  const asAdmin = { ...localCredential(data), "content-type": "application/json" };
  expect(await ask(configsPath, { method: "POST", headers: asAdmin, body: JSON.stringify(refused) })).toContain(
    "its member region",
  );
  const anthropic = made.find(({ provider_slug: slug }) => slug === "anthropic");
  await manage("PUT", `/ai-gateway/gateways/default/provider_configs/${String(anthropic?.["id"])}`, {
    secret: `${marks.replaced}-new`,
  });
  const [store] = (await manage("GET", "/secrets_store/stores")) as unknown as [{ id: string }];
  const secrets = [{ name: "own", value: marks.store, scopes: ["ai_gateway"] }];
  const [kept] = (await manage("POST", `/secrets_store/stores/${store.id}/secrets`, secrets)) as unknown as [
    { id: string },
  ];
  await manage("PATCH", `/secrets_store/stores/${store.id}/secrets/${kept.id}`, { value: `${marks.store}-new` });

  const chat = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"model":"m","messages":[],"stream":true}',
  };
  const paths: [path: string, alias: string | null][] = [
    ["/openai/chat/completions", null],
    ["/openai/chat/completions", "file"],
    ["/openai/chat/completions", "sealed"],
    ["/openai/chat/completions", "pool"],
    ["/openai/chat/completions", "unknown"],
    ["/anthropic/v1/messages", null],
    ["/mistral/v1/chat/completions", null],
    ["/compat/chat/completions", null],
    ["/aws-bedrock/bedrock-runtime/us-east-1/model/m/converse", null],
    ["/aws-bedrock/bedrock-runtime/us-east-1/model/m/converse", "broken"],
    ["/google-vertex-ai/v1/projects/p/locations/us-east1/publishers/google/models/m:generateContent", "broken"],
  ];
  await headgate.until(() => readFileSync(join(data, "settings.json"), "utf8").includes(kept.id));
  await Bun.sleep(600);
  for (let round = 0; round < 7; round += 1) {
    for (const [path, alias] of paths) {
      const headers = { ...chat.headers, ...(alias === null ? {} : { "cf-aig-byok-alias": alias }) };
      await ask(`/v1/default/default${path}`, { ...chat, headers });
    }
  }
  const steps = [
    { provider: "openai", endpoint: "chat/completions", headers: { "cf-aig-byok-alias": "broken" }, query: {} },
    { provider: "aws-bedrock", endpoint: "bedrock-runtime/us-east-1/model/m/invoke", headers: {}, query: {} },
  ];
  await ask("/v1/default/default", { ...chat, body: JSON.stringify(steps) });

  // Every key that could be sent was.
  expect([...provider.keysSeen].toSorted()).toEqual([
    "awsSecret",
    "awsToken",
    "environment",
    "file",
    "pool",
    "replaced",
    "sealed",
  ]);

  await Bun.sleep(1500);
  const logs = await manage("GET", "/ai-gateway/gateways/default/logs?per_page=50&meta_info=true");
  for (const { id } of (logs as unknown as { id: string }[]).slice(0, 10)) {
    await manage("GET", `/ai-gateway/gateways/default/logs/${id}`);
    for (const side of ["request", "response"]) {
      await ask(`/client/v4/accounts/default/ai-gateway/gateways/default/logs/${id}/${side}`, {
        headers: localCredential(data),
      });
    }
  }
  for (const path of [
    "/ai-gateway/gateways/default/provider_configs",
    "/ai-gateway/gateways/default",
    "/secrets_store/quota",
    `/secrets_store/stores/${store.id}/secrets`,
  ]) {
    await manage("GET", path);
  }
  for (const path of [
    "/api/config",
    "/api/config/versions",
    "/api/config/history",
    "/api/audit",
    "/metrics",
    "/api/system",
  ]) {
    await ask(path, { headers: localCredential(data) });
  }
  await ask("/client/v4/accounts/default/audit_logs", { headers: localCredential(data) });
  headgate.kill("SIGTERM");
  await headgate.exited();

  const told = [...answers, headgate.stdout(), headgate.stderr()].map((text) => Buffer.from(text));
  const kepts = filesBelow(data).map((path) => [path, readFileSync(path)] as const);
  expect(kepts.length).toBeGreaterThan(6);
  const searched = [...told.map((bytes, index) => [`answer ${index}`, bytes] as const), ...kepts];
  const found = [...Object.values(marks), ...pemLines].flatMap((mark) =>
    formsOf(mark).flatMap((form) =>
      searched.filter(([, bytes]) => bytes.includes(form)).map(([place]) => `${mark} in ${place}`),
    ),
  );
  expect(found).toEqual([]);
}, 90_000);

test("the search finds what it looks for", () => {
  const text = JSON.stringify({ a: 1, key: marks.awsSecret });
  for (const encoding of ["utf8", "base64", "base64url", "hex"] as const) {
    const shown = Buffer.from(Buffer.from(text).toString(encoding));
    expect(formsOf(marks.awsSecret).some((form) => shown.includes(form))).toBe(true);
  }
});
