import { afterAll, beforeAll, expect, test } from "bun:test";
import { type FuzzStand, startFuzzStand } from "./fuzz-stand.ts";
import { outcomeFault } from "./outcome-fault.ts";
import { sendRequest } from "./send-request.ts";

// What fuzzing found, as it was sent.
let stand: FuzzStand;
beforeAll(async () => {
  stand = await startFuzzStand();
});
afterAll(() => stand[Symbol.asyncDispose]());

async function send(
  method: string,
  target: string,
  lines: readonly string[],
): Promise<{ status: number | undefined; fault: string | null }> {
  const head = [`${method} ${target} HTTP/1.1`, ...lines, "", ""].join("\r\n").replace("{token}", stand.adminToken);
  const request = { kind: "request", pieces: [Buffer.from(head)], method, isWhole: true, mustEnd: false } as const;
  const outcome = await sendRequest(stand.gateway.port, request);
  return { status: outcome.answer?.status, fault: outcomeFault(request, outcome, stand.secrets) };
}

const bearer = "authorization: Bearer {token}";

test("HEAD for the URL of a provider by a Worker's binding is answered, and the worker lives on", async () => {
  const target = "/ai-gateway/gateways/default/url/openai";
  expect(await send("HEAD", target, ["host: a", bearer])).toEqual({ status: 200, fault: null });
  expect(await send("GET", target, ["host: a", bearer])).toEqual({ status: 200, fault: null });
});

test("a binding's URL that the control process refuses without an envelope is passed on as it is", async () => {
  const answer = await send("GET", "/ai-gateway/gateways/default/url/%", ["host: a", bearer]);
  expect(answer.fault).toBeNull();
  expect(answer.status).toBeGreaterThanOrEqual(400);
});

test("a host that is spelled like one and names none is no reason to fail", async () => {
  const line = "host: 127.0.0.1.1";
  expect(await send("GET", "/client/v4/accounts", [line, bearer])).toEqual({ status: 200, fault: null });
});

test("whoever leaves in the middle of a body is no fault of the control process", async () => {
  const head = `POST /api/config/diff HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${stand.adminToken}\r\ncontent-length: 999\r\n\r\n{`;
  await sendRequest(stand.gateway.port, {
    kind: "request",
    pieces: [Buffer.from(head)],
    method: "POST",
    isWhole: false,
    mustEnd: false,
  });
  await Bun.sleep(100);
  expect(stand.logFaults()).toEqual([]);
});
