import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { jsonAnswer } from "../conformance/clients/answers.ts";
import { startVendorUpstream } from "../conformance/clients/vendor-upstream.ts";
import type { VendorAnswer, VendorUpstream } from "../conformance/clients/vendor-upstream.ts";
import { openRawClient } from "../support/raw-client.ts";
import { until } from "../support/until.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { StartedGateway } from "../support/start-gateway.ts";

const llama = "@cf/meta/llama-3.1-8b-instruct";
const envelope = { result: { response: "The Rhône." }, success: true, errors: [], messages: [] };
const MIB = 1024 * 1024;

let upstream: VendorUpstream;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startVendorUpstream();
  gateway = await startGateway({
    gateways: { other: {} },
    providers: {
      openai: { base_url: `${upstream.url}/v1`, dialect: null },
      "workers-ai": { base_url: `${upstream.url}/cf`, dialect: null },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});

function run(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway.url}/run?version=3`, {
    method: "POST",
    headers: { "content-type": "application/json", "cf-consn-model-id": llama, ...headers },
    body: JSON.stringify(body),
  });
}

function json(body: string | Buffer, headers: Record<string, string> = {}): VendorAnswer {
  return { status: 200, headers: { "content-type": "application/json; charset=UTF-8", ...headers }, pieces: [body] };
}

describe("answers that bindings get", () => {
  test.each([
    ["plain", json(JSON.stringify(envelope))],
    ["compressed", json(gzipSync(JSON.stringify(envelope)), { "content-encoding": "gzip" })],
    ["in pieces", { ...json(""), pieces: ['{"result":{"response"', ':"The Rhône."},"success":true,"errors":[]', "}"] }],
  ] satisfies [string, VendorAnswer][])(
    "%s: the result without envelope, under the media type they look for",
    async (_, answer) => {
      upstream.answer(() => answer);
      const got = await run({ inputs: { prompt: "x" } });
      expect(got.headers.get("content-type")).toBe("application/json");
      expect(got.headers.get("content-encoding")).toBeNull();
      const body = await got.text();
      expect([body, got.headers.get("content-length")]).toEqual([
        '{"response":"The Rhône."}',
        String(Buffer.byteLength(body)),
      ]);
      expect(gateway.records().at(-1)).toMatchObject({ outcome: "complete", success: true });
    },
  );

  test.each(['{"response":"x","result":1}', "[1,2]", '"text"', "{}"])("%s is no envelope and stays", async (body) => {
    upstream.answer(() => json(body));
    expect(await (await run({ inputs: {} })).text()).toBe(body);
  });

  test("bytes and errors stay as they are", async () => {
    upstream.answer(() => ({
      status: 200,
      headers: { "content-type": "image/png" },
      pieces: [Buffer.from([1, 2, 3])],
    }));
    expect(await (await run({ inputs: {} })).bytes()).toEqual(new Uint8Array([1, 2, 3]));
    upstream.answer(() =>
      jsonAnswer(429, { success: false, errors: [{ code: 3040, message: "Capacity" }], result: null }),
    );
    const refused = await run({ inputs: {} });
    expect([refused.status, await refused.json()]).toMatchObject([429, { errors: [{ code: 3040 }], result: null }]);
  });

  test("one that cannot be decoded is refused, and recorded so", async () => {
    upstream.answer(() => json("no gzip", { "content-encoding": "gzip" }));
    const got = await run({ inputs: {} });
    expect([got.status, await got.json()]).toMatchObject([
      400,
      { internalCode: 2005, details: { cause: "undecodable_answer" } },
    ]);
    expect(gateway.records().at(-1)).toMatchObject({ outcome: "upstream_failed", success: false });
  });

  test("one that is too large to be changed is refused", async () => {
    const large = Buffer.alloc(33 * MIB, " ");
    large.write('{"result":"', 0);
    upstream.answer(() => json(large));
    const got = await run({ inputs: {} });
    expect([got.status, await got.json()]).toMatchObject([
      400,
      { internalCode: 2005, details: { cause: "answer_too_large" } },
    ]);
  });
});

describe("options of a binding's gateway", () => {
  const optionsOf = (gatewayOptions: unknown): unknown => ({
    options: { gateway: gatewayOptions },
    inputs: { prompt: "x" },
  });

  test("count as fields, and fields go before them", async () => {
    upstream.answer(() => jsonAnswer(503, {}));
    const count = gateway.recordCount();
    const got = await run(
      optionsOf({
        id: "other",
        eventId: "of-the-body",
        metadata: { town: "Orléans" },
        collectLog: false,
        retries: { maxAttempts: 2, retryDelayMs: 1, backoff: "constant" },
      }),
      { "cf-aig-event-id": "of-the-field" },
    );
    expect([got.status, got.headers.get("cf-aig-event-id")]).toEqual([503, "of-the-field"]);
    expect(gateway.records().slice(count)).toMatchObject(
      [1, 2].map((attempt) => ({
        attempt,
        gatewayId: "other",
        eventId: "of-the-field",
        metadata: { town: "Orléans" },
        isLogged: false,
      })),
    );
  });

  test.each([
    [{ retries: { maxAttempts: 9 } }, "cf-aig-max-attempts"],
    [{ requestTimeoutMs: "soon" }, "cf-aig-request-timeout"],
    [{ collectLog: "maybe" }, "cf-aig-collect-log"],
  ])("%j is refused as the field would be", async (gatewayOptions, path) => {
    upstream.answer(() => jsonAnswer(200, envelope));
    const got = await run(optionsOf(gatewayOptions));
    expect([got.status, await got.json()]).toMatchObject([400, { internalCode: 7001, details: { path } }]);
    expect(upstream.requests).toHaveLength(0);
  });

  test.each([7, "text", [[]], { retries: 7, metadata: null }, { eventId: "a\r\nx-evil: 1" }])(
    "%j does no harm",
    async (gatewayOptions) => {
      upstream.answer(() => jsonAnswer(200, envelope));
      const got = await run(optionsOf(gatewayOptions));
      expect(await got.json()).toEqual(envelope.result);
      expect(got.headers.get("x-evil")).toBeNull();
    },
  );

  test("a body that comes in pieces is read whole", async () => {
    upstream.answer(() => jsonAnswer(200, envelope));
    const client = await openRawClient({ port: gateway.port });
    const body = JSON.stringify(optionsOf({ id: "other" }));
    const head = [
      "POST /run?version=3 HTTP/1.1",
      "host: a",
      "content-type: application/json",
      `cf-consn-model-id: ${llama}`,
      `content-length: ${body.length}`,
    ];
    await client.send(`${head.join("\r\n")}\r\n\r\n${body.slice(0, 20)}`);
    await Bun.sleep(30);
    await client.send(body.slice(20));
    expect((await (await client.nextResponse("POST")).whole()).body.toString()).toBe(JSON.stringify(envelope.result));
    expect(upstream.requests[0]?.body().toString()).toBe('{"prompt":"x"}');
    expect(gateway.records().at(-1)).toMatchObject({ gatewayId: "other" });
    client.close();
  });

  test("a body that breaks off leaves its record", async () => {
    const count = gateway.recordCount();
    const client = await openRawClient({ port: gateway.port });
    await client.send(
      `POST /run?version=3 HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncf-consn-model-id: ${llama}\r\ncontent-length: 99\r\n\r\n{`,
    );
    await Bun.sleep(30);
    client.close();
    await until("the record", () => gateway.recordCount() > count);
    expect(gateway.records().at(-1)).toMatchObject({ outcome: "client_aborted" });
  });

  test("a model has to be named", async () => {
    const got = await run({ inputs: {} }, { "cf-consn-model-id": "" });
    expect(await got.json()).toMatchObject({ internalCode: 7001, details: { path: "cf-consn-model-id" } });
  });
});
