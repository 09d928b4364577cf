import { describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { rmSync } from "node:fs";
import { connect } from "node:net";
import { chatBody, eachKeyedGateway, errorOf } from "../support/keyed-gateway.ts";
import { until } from "../support/until.ts";

const keyed = eachKeyedGateway();
const openai = "/openai/chat/completions";

describe("which credential is used", () => {
  test("D11 the default alias serves requests without a credential", async () => {
    await keyed().start([{ provider: "openai", reference: keyed().stored("key-1") }]);
    expect((await keyed().ask(openai)).status).toBe(200);
    expect(keyed().seen[0]?.headers["authorization"]).toBe("Bearer key-1");
    expect(keyed().records()[0]).toMatchObject({ storedKey: { alias: "default" }, userKey: null });
  });

  test("D11 a named alias, on the request and on a universal step, whose header wins", async () => {
    await keyed().start([
      { provider: "openai", reference: keyed().stored("key-1") },
      { provider: "openai", alias: "team", reference: keyed().stored("key-2") },
    ]);
    await keyed().ask(openai, { "cf-aig-byok-alias": "team" });
    const step = (headers: object) => ({ provider: "openai", endpoint: "chat/completions", headers, query: chatBody });
    await keyed().ask("", { "cf-aig-byok-alias": "team" }, [step({ "cf-aig-byok-alias": "default" })]);
    await keyed().ask("", { "cf-aig-byok-alias": "team" }, [step({})]);
    expect(keyed().seen.map(({ key }) => key)).toEqual(["key-2", "key-1", "key-2"]);
    for (const { headers } of keyed().seen) expect(headers["cf-aig-byok-alias"]).toBeUndefined();
  });

  test("D11 an unknown alias is answered with 2040 and the aliases there are", async () => {
    await keyed().start([
      { provider: "openai", reference: keyed().stored("key-1") },
      { provider: "openai", reference: keyed().stored("key-2") },
      { provider: "openai", alias: "team", reference: keyed().stored("key-3") },
    ]);
    expect(await errorOf(await keyed().ask(openai, { "cf-aig-byok-alias": "temas" }))).toEqual({
      status: 400,
      code: 2040,
      message: "Provider 'openai' has no BYOK credential named 'temas'. Configured aliases: 'default', 'team'",
    });
    const { message } = await errorOf(await keyed().ask("/anthropic/v1/messages", { "cf-aig-byok-alias": "x" }));
    expect(message).toBe("Provider 'anthropic' has no BYOK credential named 'x'. Configured aliases: none");
    expect(keyed().seen).toHaveLength(0);
    expect(keyed().records()[0]).toMatchObject({
      outcome: "refused",
      errorCode: 2040,
      statusCode: 400,
      provider: "openai",
    });
    expect(keyed().records().length).toBe(2);
  });

  test("D11 byok_only and cf-aig-no-wholesale refuse what has no credential, and nothing else", async () => {
    await keyed().start([{ provider: "openai", reference: keyed().stored("key-1") }], { byok_only: true });
    const error = await errorOf(await keyed().ask("/anthropic/v1/messages"));
    expect(error).toMatchObject({ status: 400, code: 9010 });
    expect(error.message).toContain("No credential for provider 'anthropic'");
    expect((await keyed().ask("/anthropic/v1/messages", { "cf-aig-no-wholesale": "false" })).status).toBe(400);
    expect((await keyed().ask("/anthropic/v1/messages", { "x-api-key": "own" })).status).toBe(200);
    expect((await keyed().ask(openai)).status).toBe(200);
    await keyed().stop();
    await keyed().start([]);
    expect((await keyed().ask(openai)).status).toBe(200);
    expect(await errorOf(await keyed().ask(openai, { "cf-aig-no-wholesale": "true" }))).toMatchObject({ code: 9010 });
    expect(await errorOf(await keyed().ask(openai, { "cf-aig-no-wholesale": "yes" }))).toMatchObject({ code: 7001 });
    expect(keyed().seen.map(({ key }) => key)).toEqual(["own", "key-1", null]);
  });

  test("D11 the request's own credential wins, a placeholder too, in fields and in the query", async () => {
    await keyed().start([
      { provider: "openai", reference: keyed().stored("key-1") },
      { provider: "google", reference: keyed().stored("key-2") },
    ]);
    await keyed().ask(openai, { authorization: "Bearer own" });
    await keyed().ask(openai, { authorization: "Bearer unused", "cf-aig-byok-alias": "nowhere" });
    await keyed().ask("/google-ai-studio/v1beta/models/m:generateContent?key=own");
    await keyed().ask("/google-ai-studio/v1beta/models/m:generateContent?alt=sse");
    expect(keyed().seen.map(({ headers }) => headers["authorization"] ?? headers["x-goog-api-key"] ?? null)).toEqual([
      "Bearer own",
      "Bearer unused",
      null,
      "key-2",
    ]);
    expect(keyed().seen[2]?.path).toEndWith("?key=own");
    expect(
      keyed()
        .records()
        .map(({ storedKey }) => storedKey?.alias ?? null),
    ).toEqual([null, null, null, "default"]);
  });

  test("a credential field with nothing in it is none", async () => {
    await keyed().start([{ provider: "openai", reference: keyed().stored("key-1") }]);
    for (const value of ["", "Bearer", "Bearer "]) await keyed().ask(openai, { authorization: value });
    expect(keyed().seen.map(({ headers }) => headers["authorization"])).toEqual([
      "Bearer key-1",
      "Bearer key-1",
      "Bearer key-1",
    ]);
  });

  test("the key marked as default comes before the alias default", async () => {
    await keyed().start([
      { provider: "openai", reference: keyed().stored("key-1") },
      { provider: "openai", alias: "team", isDefault: true, reference: keyed().stored("key-2") },
    ]);
    await keyed().ask(openai);
    await keyed().ask(openai, { "cf-aig-byok-alias": "default" });
    expect(keyed().seen.map(({ key }) => key)).toEqual(["key-2", "key-1"]);
  });

  test("steps of one request each have their provider's key; one without falls to the next", async () => {
    await keyed().start([
      { provider: "anthropic", alias: "team", reference: keyed().stored("key-1") },
      { provider: "openai", alias: "team", reference: `file:${keyed().directory}/missing` },
    ]);
    const step = (provider: string, endpoint: string) => ({ provider, endpoint, headers: {}, query: chatBody });
    const steps = [step("google", "v1/models/m:x"), step("openai", "responses"), step("anthropic", "v1/messages")];
    const response = await keyed().ask("", { "cf-aig-byok-alias": "team" }, steps);
    expect([response.status, response.headers.get("cf-aig-step")]).toEqual([200, "2"]);
    expect(keyed().seen.map(({ key }) => key)).toEqual(["key-1"]);
    expect(
      keyed()
        .records()
        .map(({ errorCode, outcome }) => [errorCode, outcome]),
    ).toEqual([
      [2040, "refused"],
      [9011, "refused"],
      [null, "complete"],
    ]);
  });
});

describe("secrets", () => {
  test("a changed file counts within seconds, one that is gone stops its key with a name and no text", async () => {
    const reference = keyed().stored("key", "first");
    await keyed().start([{ provider: "openai", alias: "team", isDefault: true, reference }]);
    await keyed().ask(openai);
    keyed().stored("key", "second\n");
    await keyed().ask(openai);
    keyed().skewMs = 2100;
    await keyed().ask(openai);
    expect(keyed().seen.map(({ key }) => key)).toEqual(["first", "first", "second"]);
    rmSync(keyed().directory, { recursive: true });
    keyed().skewMs = 4300;
    const error = await errorOf(await keyed().ask(openai));
    expect(error).toMatchObject({ status: 500, code: 9011 });
    expect(error.message).toBe(
      `The stored key 'team' of provider 'openai' cannot be used: there is nothing at ${reference}`,
    );
  });

  test("a broken JSON secret is told by its key's alias", async () => {
    await keyed().start([
      {
        provider: "aws-bedrock",
        reference: keyed().stored("key", '{"accessKeyId":"AKIAHIDDEN","region":"us-east-1"}'),
      },
    ]);
    const { code, message } = await errorOf(
      await keyed().ask("/aws-bedrock/bedrock-runtime/us-east-1/model/m/converse"),
    );
    expect(code).toBe(9011);
    expect(message).toStartWith(
      "The stored key 'default' of provider 'aws-bedrock' cannot be used: its member secretAccessKey",
    );
    expect(message).not.toContain("HIDDEN");
  });

  test("a service account that is none is told by its key's alias", async () => {
    const broken = '{"type":"service_account","private_key":"HIDDEN","client_email":"a@b"}';
    await keyed().start([{ provider: "google-vertex-ai", reference: keyed().stored("key", broken) }]);
    const { code, message } = await errorOf(await keyed().ask("/google-vertex-ai/v1/projects/p/locations/us-east1/x"));
    expect([code, message.includes("HIDDEN")]).toEqual([9011, false]);
    expect(message).toContain("'default' of provider 'google-vertex-ai'");
  });
});

describe("signed requests", () => {
  const secret = JSON.stringify({
    accessKeyId: "AKIA",
    secretAccessKey: "s3cret",
    region: "us-east-1",
    sessionToken: "tok",
  });

  test("a body of any size the gateway holds is signed and arrives whole", async () => {
    await keyed().start([{ provider: "aws-bedrock", reference: keyed().stored("key", secret) }]);
    for (const size of [10, 1_000_000]) {
      const response = await keyed().ask(
        "/aws-bedrock/bedrock-runtime/eu-west-1/model/m/converse",
        {},
        { x: "y".repeat(size) },
      );
      expect(response.status).toBe(200);
    }
    expect(keyed().seen.map(({ body }) => body.length)).toEqual([18, 1_000_008]);
    for (const { headers } of keyed().seen) {
      expect(headers["authorization"]).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AKIA\/\d{8}\/eu-west-1\/bedrock\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
      );
      expect(headers["x-amz-security-token"]).toBe("tok");
    }
  });

  test("a body too large to be held for that is refused", async () => {
    await keyed().start([{ provider: "aws-bedrock", reference: keyed().stored("key", secret) }]);
    const path = "/aws-bedrock/bedrock-runtime/eu-west-1/model/m/converse";
    const response = await keyed().ask(path, {}, { x: "y".repeat(33 * 1024 * 1024) });
    expect(response.status).toBe(413);
    expect(keyed().seen).toHaveLength(0);
    expect(keyed().records()).toMatchObject([{ outcome: "refused", errorCode: 3006 }]);
  });

  test("a client that leaves while its body is awaited is no fault of the key", async () => {
    await keyed().start([{ provider: "aws-bedrock", reference: keyed().stored("key", secret) }]);
    const { port, pathname } = new URL(`${keyed().url}/aws-bedrock/bedrock-runtime/eu-west-1/model/m/converse`);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`POST ${pathname} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n{`);
    await Bun.sleep(50);
    socket.destroy();
    await until("a record", () => keyed().records().length > 0);
    expect(keyed().records()).toMatchObject([{ outcome: "client_aborted", statusCode: 499 }]);
    expect((await keyed().ask("/aws-bedrock/bedrock-runtime/eu-west-1/model/m/converse")).status).toBe(200);
  });

  test("what the client signed itself stays as it is", async () => {
    await keyed().start([{ provider: "aws-bedrock", reference: keyed().stored("key", secret) }]);
    const own = { authorization: "AWS4-HMAC-SHA256 Credential=OWN", "x-amz-date": "20260101T000000Z" };
    await keyed().ask("/aws-bedrock/bedrock-runtime/eu-west-1/model/m/converse", own);
    expect(keyed().seen[0]?.headers).toMatchObject(own);
  });
});

describe("the compat address", () => {
  const compat = (model: string) => keyed().ask("/compat/chat/completions", {}, { model, messages: [] });

  test("sends stored keys where the provider's endpoints of that form take them", async () => {
    await keyed().start([
      { provider: "openai", reference: keyed().stored("key-1") },
      { provider: "anthropic", reference: keyed().stored("key-2") },
      { provider: "google-ai-studio", reference: keyed().stored("key-3") },
    ]);
    for (const model of ["openai/m", "anthropic/m", "google/m"]) expect((await compat(model)).status).toBe(200);
    expect(keyed().seen.map(({ headers }) => headers["authorization"])).toEqual([
      "Bearer key-1",
      "Bearer key-2",
      "Bearer key-3",
    ]);
    expect(keyed().seen.some(({ headers }) => "x-api-key" in headers || "x-goog-api-key" in headers)).toBe(false);
  });

  test("signs for the region of the stored key", async () => {
    const secret = JSON.stringify({ accessKeyId: "AKIA", secretAccessKey: "s3cret", region: "eu-north-1" });
    await keyed().start([{ provider: "aws-bedrock", reference: keyed().stored("key", secret) }]);
    expect((await compat("aws-bedrock/deepseek.v3-1")).status).toBe(200);
    expect(keyed().seen[0]?.headers["authorization"]).toContain("/eu-north-1/bedrock-mantle/aws4_request");
  });

  test("takes project and region of a stored service account", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const account = {
      client_email: "robot@project.example",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
      region: "europe-west1",
    };
    await keyed().start([{ provider: "google-vertex-ai", reference: keyed().stored("key", JSON.stringify(account)) }]);
    const error = await errorOf(await compat("google-vertex-ai/google/gemini-x"));
    expect(error).toMatchObject({ status: 500, code: 9011 });
    expect(error.message).toContain("'default' of provider 'google-vertex-ai' cannot be used: the service account");
    expect(error.message).toContain("has no project_id");
  });
});

test("the handshake of a socket is made with a stored key, one that has its own is left alone", async () => {
  const seen: Record<string, string>[] = [];
  const provider = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request, server) {
      seen.push(Object.fromEntries(request.headers));
      return server.upgrade(request) ? undefined : new Response("no", { status: 400 });
    },
    websocket: { message: (socket, message) => void socket.send(message) },
  });
  try {
    await keyed().start([{ provider: "elevenlabs", reference: keyed().stored("key-1") }], {}, provider.port);
    for (const query of ["", "?single_use_token=own"]) {
      const socket = new WebSocket(`${keyed().url.replace("http", "ws")}/elevenlabs/v1/convai/conversation${query}`);
      await new Promise((resolve, reject) => {
        socket.addEventListener("open", resolve);
        socket.addEventListener("error", reject);
      });
      socket.close();
    }
    expect(seen.map((headers) => headers["xi-api-key"])).toEqual(["key-1", undefined]);
  } finally {
    await provider.stop(true);
  }
});
