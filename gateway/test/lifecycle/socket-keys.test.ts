import { afterAll, afterEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultGatewaySettings, type KeyConfig } from "../../src/core/gateway-settings.ts";
import { openSocket, type SocketOptions } from "../support/socket-client.ts";
import { startSocketUpstream, type SocketUpstream } from "../support/socket-upstream.ts";
import { startGateway, type StartedGateway } from "../support/start-gateway.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { until } from "../support/until.ts";

const slugs = ["openai", "google-ai-studio", "cartesia", "elevenlabs", "fal", "deepgram", "workers-ai"] as const;
let gateway: StartedGateway;
let upstream: SocketUpstream;
const directory = temporaryDirectory();
afterAll(() => directory[Symbol.dispose]());

/** A gateway with stored keys named `{slug}-key`, or those given, before a provider that refuses keys holding `bad`. */
async function start(keys: readonly { provider: string; name: string }[]): Promise<void> {
  upstream = startSocketUpstream({
    refuse: (request) =>
      request.headers.get("authorization")?.includes("bad") === true ? new Response("no", { status: 401 }) : undefined,
  });
  const stored = keys.map(({ provider, name }): KeyConfig => {
    const path = join(directory.path, name);
    writeFileSync(path, name);
    return { provider, reference: `file:${path}`, alias: "default", isDefault: false, weight: 1 };
  });
  gateway = await startGateway({
    accounts: {
      default: {
        gateways: { default: defaultGatewaySettings },
        logpush: [],
        providers: {},
        keys: { default: stored },
      },
    },
    providers: Object.fromEntries(slugs.map((slug) => [slug, { base_url: upstream.url, dialect: null }])),
  });
}

afterEach(async () => {
  await gateway.stop();
  upstream[Symbol.dispose]();
});

/** Opens and closes a socket; what the provider got of it. */
async function handshakeAt(place: string, options: SocketOptions = {}) {
  const client = await openSocket(gateway.url, `/v1/default/default/${place}`, options);
  client.close();
  const session = upstream.sessions.at(-1);
  return { target: session?.target, header: (name: string) => session?.headers.get(name) ?? null };
}

test("D18 a stored key goes to each provider in the form its socket takes", async () => {
  await start(slugs.map((provider) => ({ provider, name: `${provider}-key` })));
  expect((await handshakeAt("openai?model=m")).header("authorization")).toBe("Bearer openai-key");
  const live = await handshakeAt("google");
  expect(live.target).toEndWith(".GenerativeService.BidiGenerateContent?key=google-ai-studio-key");
  expect((await handshakeAt("google?a=1")).target).toEndWith("?a=1&key=google-ai-studio-key");
  expect((await handshakeAt("cartesia?cartesia_version=v")).header("x-api-key")).toBe("cartesia-key");
  expect((await handshakeAt("elevenlabs?agent_id=a")).header("xi-api-key")).toBe("elevenlabs-key");
  expect((await handshakeAt("fal/fal-ai/lcm")).header("authorization")).toBe("Key fal-key");
  expect((await handshakeAt("deepgram")).header("authorization")).toBe("Token deepgram-key");
  const workers = await handshakeAt("workers-ai?model=@cf/deepgram/nova-3");
  expect(workers.header("authorization")).toBe("Bearer workers-ai-key");
  await until("records", () => gateway.recordCount() === 8);
  for (const record of gateway.records()) expect(record).toMatchObject({ storedKey: { alias: "default" } });
});

test.each([
  ["openai?model=m", { protocols: ["openai-insecure-api-key.own"] }, "authorization", "Bearer own"],
  ["elevenlabs?agent_id=a", { protocols: ["xi-api-key.own"] }, "xi-api-key", "own"],
  ["fal/fal-ai/lcm", { protocols: ["fal-api-key.own"] }, "authorization", "Key own"],
  ["fal/fal-ai/lcm/realtime?fal_jwt_token=own", {}, "authorization", null],
  ["deepgram", { protocols: ["token", "own"] }, "authorization", "Token own"],
  ["cartesia?api_key=own", {}, "x-api-key", null],
  ["google?api_key=own", {}, "x-goog-api-key", null],
])("D18 a credential of the client's own goes before the stored one: %s", async (place, options, ...[name, value]) => {
  await start(slugs.map((provider) => ({ provider, name: `${provider}-key` })));
  const { header, target } = await handshakeAt(place, options);
  expect(header(name)).toBe(value);
  expect(target).not.toContain("-key");
  await until("a record", () => gateway.recordCount() === 1);
  expect(gateway.records()[0]).toMatchObject({ storedKey: null });
});

test("D18 a refused key of a pool gives way to the next", async () => {
  await start([
    { provider: "openai", name: "bad-1" },
    { provider: "openai", name: "good" },
    { provider: "openai", name: "bad-2" },
  ]);
  for (let round = 0; round < 4; round += 1) {
    expect((await handshakeAt("openai?model=m")).header("authorization")).toBe("Bearer good");
  }
});
