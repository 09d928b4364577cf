import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { generateKeyPairSync, verify } from "node:crypto";
import { GatewayError } from "../core/errors.ts";
import { exchangeServiceAccount } from "./exchange-service-account.ts";
import type { PrepareCredential } from "./provider.ts";
import { compileProviders } from "./registry.ts";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const privatePem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const START_MS = 1_800_000_000_000;

function bearerOf(account: unknown): string {
  const json = typeof account === "string" ? account : JSON.stringify(account);
  return `Bearer ${Buffer.from(json).toString("base64")}`;
}

const account = {
  type: "service_account",
  client_email: "robot@project.iam.gserviceaccount.example",
  private_key: privatePem,
  token_uri: "http://169.254.169.254/steal",
  region: "us-central1",
};

let server: ReturnType<typeof Bun.serve>;
let asked: { url: string; body: URLSearchParams }[];
let answer: (count: number) => Response | Promise<Response>;
let nowMs: number;

/** Sends what is meant for the real token endpoint to the local one, and remembers which URL was asked. */
function newStep(): PrepareCredential {
  return exchangeServiceAccount({
    clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
    fetch: (url, init) => {
      asked.push({ url, body: new URLSearchParams(String(init.body)) });
      return fetch(server.url, init);
    },
  });
}

beforeEach(() => {
  asked = [];
  nowMs = START_MS;
  let count = 0;
  answer = (number) => Response.json({ access_token: `ya29.token-${number}`, expires_in: 3600, token_type: "Bearer" });
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => answer(++count) });
});

afterEach(() => server.stop(true));

async function refusal(step: PrepareCredential, authorization: string): Promise<GatewayError> {
  try {
    await step(["authorization", authorization]);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("minting", () => {
  test("replaces the account by an access token, signed for and asked of Google's endpoint only", async () => {
    const headers = await newStep()(["a", "1", "authorization", bearerOf(account), "b", "2"]);
    expect(headers).toEqual(["a", "1", "b", "2", "authorization", "Bearer ya29.token-1"]);
    expect(asked.map(({ url }) => url)).toEqual(["https://oauth2.googleapis.com/token"]);
    const body = asked[0]?.body;
    expect(body?.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [head = "", claims = "", signature = ""] = (body?.get("assertion") ?? "").split(".");
    expect(JSON.parse(Buffer.from(head, "base64url").toString())).toEqual({ alg: "RS256", typ: "JWT" });
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toEqual({
      iss: account.client_email,
      scope: "https://www.googleapis.com/auth/cloud-platform",
      aud: "https://oauth2.googleapis.com/token",
      iat: START_MS / 1000,
      exp: START_MS / 1000 + 3600,
    });
    expect(verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, "base64url"))).toBe(
      true,
    );
  });

  test("keeps a token until a minute before it ends", async () => {
    const step = newStep();
    const token = async () => (await step(["authorization", bearerOf(account)]))[1];
    expect(await token()).toBe("Bearer ya29.token-1");
    nowMs += 3_539_000;
    expect(await token()).toBe("Bearer ya29.token-1");
    nowMs += 1000;
    expect(await token()).toBe("Bearer ya29.token-2");
    expect(asked.length).toBe(2);
  });

  test("one exchange serves all requests that wait for it", async () => {
    const step = newStep();
    const all = await Promise.all(Array.from({ length: 20 }, () => step(["authorization", bearerOf(account)])));
    expect(new Set(all.map((headers) => headers[1]))).toEqual(new Set(["Bearer ya29.token-1"]));
    expect(asked.length).toBe(1);
  });

  test("another credential of the same account shares nothing", async () => {
    const step = newStep();
    await step(["authorization", bearerOf(account)]);
    const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    const headers = await step(["authorization", bearerOf({ ...account, private_key: stranger })]);
    expect(headers[1]).toBe("Bearer ya29.token-2");
  });

  test("the number of kept tokens is bounded", async () => {
    const step = newStep();
    answer = () => Response.json({ access_token: "t", expires_in: 3600 });
    for (let index = 0; index < 1001; index++)
      await step(["authorization", bearerOf({ ...account, project_id: index })]);
    await step(["authorization", bearerOf({ ...account, project_id: 1000 })]);
    expect(asked.length).toBe(1001);
    await step(["authorization", bearerOf({ ...account, project_id: 0 })]);
    expect(asked.length).toBe(1002);
  }, 60_000);

  test("is part of the compiled provider, also under its alias", async () => {
    const ask = (_url: string, init: RequestInit) => fetch(server.url, init);
    const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
    const provider = compileProviders({}, { fetch: ask, clock }).get("google-vertex");
    expect(await provider?.prepareCredential?.(["authorization", bearerOf(account)])).toEqual([
      "authorization",
      "Bearer ya29.token-1",
    ]);
    expect(compileProviders({}).get("openai")?.prepareCredential).toBeUndefined();
  });
});

test.each([
  ["an access token", "Bearer ya29.a0AbCdEf-_x"],
  ["an opaque token in base64 letters", "Bearer eAAAAAAAAAAAAAAA"],
  ["a signed token", "Bearer eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln"],
  ["another scheme", "Basic eyJhIjoxfQ=="],
])("%s passes through without asking anybody", (_name, authorization) => {
  const headers = ["authorization", authorization];
  expect(newStep()(headers)).toBe(headers);
  expect(newStep()([])).toEqual([]);
  expect(asked).toEqual([]);
});

describe("failures", () => {
  test.each([
    ["cut JSON", '{"client_email": "x"', "JSON object"],
    ["no client_email", { private_key: privatePem }, "client_email"],
    ["no private_key", { client_email: "x" }, "private_key"],
    ["a private_key that is none", { client_email: "x", private_key: "nonsense-secret" }, "PKCS #8"],
  ])("%s is the client's fault and asks nobody", async (_name, credential, reason) => {
    const error = await refusal(newStep(), bearerOf(credential));
    expect(error.definition.code).toBe(7001);
    expect(error.details.path).toBe("authorization");
    expect(error.message).toContain(reason);
    expect(error.message).not.toContain("nonsense-secret");
    expect(asked).toEqual([]);
  });

  test("a refusal tells the endpoint's words and is not remembered", async () => {
    const step = newStep();
    const words = { error: "invalid_grant", error_description: "Invalid JWT\r\nSignature." };
    answer = (count) =>
      count === 1 ? Response.json(words, { status: 400 }) : Response.json({ access_token: "t", expires_in: 60 });
    const error = await refusal(step, bearerOf(account));
    expect(error.definition.code).toBe(2005);
    expect(error.details).toMatchObject({ cause: "credential_refused", upstreamStatus: 400 });
    expect(error.message).toContain("invalid_grant: Invalid JWT  Signature.");
    expect(await step(["authorization", bearerOf(account)])).toEqual(["authorization", "Bearer t"]);
  });

  test.each([
    ["no token", () => Response.json({})],
    ["a token that would break a header", () => Response.json({ access_token: "a\r\nb" })],
    ["no JSON", () => new Response("<html>")],
    ["an answer without end", () => new Response("x".repeat(70_000))],
  ])("an answer with %s fails", async (_name, respond) => {
    answer = respond;
    expect((await refusal(newStep(), bearerOf(account))).details.cause).toBe("credential_endpoint_failed");
  });

  test("a redirect is not followed", async () => {
    const onward = () => Response.redirect(`${server.url.href}elsewhere`, 307);
    answer = (count) => (count === 1 ? onward() : Response.json({ access_token: "stolen", expires_in: 60 }));
    expect((await refusal(newStep(), bearerOf(account))).details.cause).toBe("credential_endpoint_failed");
  });

  test("an endpoint that is away fails", async () => {
    const step = newStep();
    await server.stop(true);
    expect((await refusal(step, bearerOf(account))).details.cause).toBe("credential_endpoint_failed");
  });
});
