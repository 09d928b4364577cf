import { describe, expect, test } from "bun:test";
import { GatewayError } from "../core/errors.ts";
import type { ExchangeRecord } from "../core/exchange.ts";
import type { UpstreamCall, UpstreamRequest } from "../http1/upstream-call.ts";
import type { Answer } from "./answer.ts";
import { attempt } from "./attempt.ts";
import type { Exchange } from "./exchange.ts";
import type { Admitted } from "./authenticate.ts";
import type { Step } from "./step.ts";

/** An exchange whose upstream answers every call with 200 and no body. */
function open() {
  const sent: UpstreamRequest[] = [];
  const records: ExchangeRecord[] = [];
  const answer = { status: 200, headers: [], framing: { kind: "none" } };
  const exchange = {
    request: { head: { method: "POST", headers: [] }, body: { receivedBytes: 0 }, receivedAtMs: 0 },
    gateway: {
      config: { timeouts: { connect_ms: 0, first_byte_ms: 0, idle_ms: 0, total_ms: 0 } },
      clock: { nowMs: () => 0, monotonicMs: () => 0 },
      cache: null,
      journal: { append: (record: ExchangeRecord) => void records.push(record) },
      upstream: {
        send(request: UpstreamRequest) {
          sent.push(request);
          return {
            response: Promise.resolve(answer),
            abort() {},
            firstByteAtMs: 0,
            raw: null,
          } as unknown as UpstreamCall;
        },
      },
    },
    requestId: "request",
    eventId: "event",
    traceId: "trace",
    createdAtMs: 0,
    attempts: [],
    isClientGone: false,
    lead: null,
    stale: null,
    onClientGone: () => {},
  } as unknown as Exchange;
  return { exchange, sent, records };
}

const resolved = {
  accountId: "default",
  gatewayId: "default",
  account: { keysOf: () => [], limitsOf: () => null },
  providerSlug: null,
  rest: "",
  query: "",
  token: null,
} as unknown as Admitted;

function stepWith(prepareCredential: unknown, maxAttempts = 1, index = 0): Step {
  const origin = { secure: false, hostname: "provider.invalid", port: 80 };
  return {
    index,
    provider: { slug: `provider-${index}`, prepareCredential, provider: { credentialHeaders: [] } },
    upstream: {
      origin,
      hostHeader: "provider.invalid",
      target: "/",
      headers: ["a", "b"],
      dialect: "opaque",
      model: null,
    },
    method: "POST",
    path: "x",
    body: null,
    contentType: null,
    model: null,
    retry: { maxAttempts, delayMs: 0, backoff: "constant" },
    credential: { alias: null, isRequired: false },
    log: { eventId: null, metadata: null, isLogged: true, keepsBodies: false, customCost: null, tellsUsage: false },
    requestKeeper: null,
    requestTimeoutMs: null,
  } as unknown as Step;
}

function refusing(upstreamStatus?: number): () => Promise<never> {
  const details = { cause: "credential_refused", ...(upstreamStatus === undefined ? {} : { upstreamStatus }) };
  return () => Promise.reject(new GatewayError("upstreamFailed", details));
}

describe("a credential that has to be had first", () => {
  test("is sent in place of the client's", async () => {
    const { exchange, sent } = open();
    const prepare = (headers: readonly string[]): Promise<string[]> =>
      Promise.resolve([...headers, "authorization", "minted"]);
    await attempt(exchange, resolved, [stepWith(prepare)]);
    expect(sent[0]?.headers).toEqual(["host", "provider.invalid", "a", "b", "authorization", "minted"]);
  });

  test("and cannot be had: the next step answers, and the record says why", async () => {
    const { exchange, sent, records } = open();
    const answer = (await attempt(exchange, resolved, [
      stepWith(refusing(401), 3),
      stepWith(undefined, 1, 1),
    ])) as Answer | null;
    expect(answer?.attempt.step.index).toBe(1);
    expect(sent).toHaveLength(1);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ step: 0, attempt: 1, outcome: "upstream_failed", cause: "credential_refused" });
  });

  test("and cannot be had now: tried again", async () => {
    const { exchange, records } = open();
    let asked = 0;
    const prepare = (headers: readonly string[]): Promise<readonly string[]> => {
      asked += 1;
      return asked < 3 ? refusing()() : Promise.resolve(headers);
    };
    const answer = (await attempt(exchange, resolved, [stepWith(prepare, 5)])) as Answer | null;
    expect([answer?.attempt.number, records.length]).toEqual([3, 2]);
  });

  test("and cannot be had at all: the error tells every attempt", async () => {
    const { exchange, sent } = open();
    const failing = attempt(exchange, resolved, [stepWith(refusing(500), 2)]).catch((error: unknown) => error);
    const error = (await failing) as GatewayError;
    expect(error.definition).toMatchObject({ code: 2005, status: 400 });
    expect(error.details.cause).toBe("credential_refused");
    expect(error.details.attempts?.map((each) => [each.attempt, each.statusCode, each.cause])).toEqual([
      [1, null, "credential_refused"],
      [2, null, "credential_refused"],
    ]);
    expect(sent).toHaveLength(0);
  });

  test("and is broken itself: no other step mends that", async () => {
    const { exchange, records } = open();
    const prepare = (): Promise<never> => Promise.reject(new GatewayError("invalidRequest", { path: "authorization" }));
    const failing = attempt(exchange, resolved, [stepWith(prepare, 3), stepWith(undefined, 1, 1)]);
    expect(await failing.catch((error: GatewayError) => error.definition.code)).toBe(7001);
    expect(records).toHaveLength(0);
  });

  test("and the client leaves meanwhile: nothing is sent", async () => {
    const { exchange, sent, records } = open();
    const prepare = (headers: readonly string[]): Promise<readonly string[]> => {
      exchange.isClientGone = true;
      return Promise.resolve(headers);
    };
    expect(await attempt(exchange, resolved, [stepWith(prepare, 3)])).toBeNull();
    expect([sent.length, records.length]).toEqual([0, 1]);
    expect(records[0]).toMatchObject({ outcome: "client_aborted", statusCode: 499 });
  });
});
