import { expect, test } from "bun:test";
import { GatewayError } from "../core/errors.ts";
import { parseRequestHead } from "../http1/parse-request-head.ts";
import { acceptKey, asksForWebSocket, newKey, readHandshake } from "./handshake.ts";

const fields = {
  host: "localhost",
  connection: "keep-alive, Upgrade",
  upgrade: "websocket",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

function headWith(changes: Record<string, string | null>, requestLine = "GET /v1/a/g/p HTTP/1.1") {
  const merged: Record<string, string | null> = { ...fields, ...changes };
  const lines = Object.entries(merged).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return parseRequestHead([requestLine, ...lines].join("\r\n"));
}

test("the accept key of the RFC's own example", () => {
  expect(acceptKey("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  const { key } = readHandshake(headWith({ "sec-websocket-key": newKey() }));
  expect(Buffer.from(key, "base64").length).toBe(16);
});

test("subprotocols are read in their order, over several fields and commas", () => {
  const head = headWith({ "sec-websocket-protocol": "realtime , openai-insecure-api-key.sk-1" });
  head.headers.push("sec-websocket-protocol", "cf-aig-authorization.t");
  const { protocols } = readHandshake(head);
  expect(protocols).toEqual(["realtime", "openai-insecure-api-key.sk-1", "cf-aig-authorization.t"]);
  expect(readHandshake(headWith({})).protocols).toEqual([]);
});

test("only an upgrade to websocket asks for one", () => {
  expect(asksForWebSocket(headWith({ upgrade: "WebSocket" }))).toBe(true);
  expect(asksForWebSocket(headWith({ upgrade: "h2c, websocket" }))).toBe(true);
  expect(asksForWebSocket(headWith({ upgrade: "h2c" }))).toBe(false);
  expect(asksForWebSocket(headWith({ upgrade: null }))).toBe(false);
});

test.each([
  ["method", headWith({}, "POST /v1/a/g/p HTTP/1.1"), 7001],
  ["version", headWith({}, "GET /v1/a/g/p HTTP/1.0"), 7001],
  ["body", headWith({ "content-length": "5" }), 7001],
  ["connection", headWith({ connection: "keep-alive" }), 7001],
  ["sec-websocket-key", headWith({ "sec-websocket-key": "short" }), 7001],
  ["sec-websocket-key", headWith({ "sec-websocket-key": null }), 7001],
  ["sec-websocket-version", headWith({ "sec-websocket-version": "8" }), 9008],
  ["sec-websocket-protocol", headWith({ "sec-websocket-protocol": "a b" }), 7001],
  ["sec-websocket-protocol", headWith({ "sec-websocket-protocol": "a, a" }), 7001],
])("a handshake at fault names its %s", (path, head, code) => {
  let thrown: unknown;
  try {
    readHandshake(head);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(GatewayError);
  expect((thrown as GatewayError).definition.code).toBe(code);
  expect((thrown as GatewayError).details.path).toBe(path);
});
