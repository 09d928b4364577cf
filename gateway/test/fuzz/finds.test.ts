import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importFile } from "../../src/cli/import/import-file.ts";
import { parseSource } from "../../src/cli/import/import-source.ts";
import { systemClock } from "../../src/core/clock.ts";
import { segmentMagic } from "../../src/journal/segment-format.ts";
import { openJournalIntake } from "../../src/ledger/journal-intake.ts";
import { openQuarantine } from "../../src/ledger/quarantine.ts";
import { encodeFrame } from "../support/encode-frame.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
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

test("a journal that ends in a body frame of the wrong form is put aside, and not read for ever", () => {
  using directory = temporaryDirectory();
  const place = { directory: directory.path, quarantine: openQuarantine(directory.path), checkpoints: new Map() };
  const segment = join(directory.path, "w0-1760000000000-00000001.hgj");
  writeFileSync(segment, Buffer.concat([segmentMagic, encodeFrame(2, "too short")]));
  writeFileSync(join(directory.path, "w0-1760000000001-00000002.hgj"), segmentMagic);
  const intake = openJournalIntake({ ...place, limits: { records: 10, bytes: 1000 }, clock: systemClock });
  intake.read();
  intake.committed();
  expect(existsSync(segment)).toBe(false);
  expect(place.quarantine.count).toBe(1);
  intake.read();
  intake.committed();
  expect(intake.read()).toBeNull();
});

test("a field of an imported gateway may have the name of something every object has", () => {
  const text = '{"result":[{"id":"a","toString":"x","constructor":1,"cache_ttl":0}]}';
  const { findings } = importFile("cloudflare", parseSource("x", text), { account: "default", gateway: "default" });
  expect(findings.map(({ outcome }) => outcome)).toContain("not mapped");
});

test("a step's backoff may be an object whose toString is no function: refused with its place", async () => {
  const config = { backoff: { toString: "x" } };
  const answer = await fetch(`${stand.gateway.url}/v1/default/default`, {
    method: "POST",
    body: JSON.stringify({ provider: "openai", endpoint: "models", query: {}, config }),
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ internalCode: 7001, details: { path: "[0].config.backoff" } });
});
