import { expect, test } from "bun:test";
import type { IncomingRequest } from "../http1/server-connection.ts";
import { isLocalRequest } from "./is-local-request.ts";

function request(remoteAddress: string, ...headers: string[]): IncomingRequest {
  return { remoteAddress, head: { headers } } as unknown as IncomingRequest;
}

test.each([
  ["127.0.0.1", "127.0.0.1:8787"],
  ["127.0.0.1", "localhost"],
  ["::1", "[::1]:8787"],
  ["::ffff:127.0.0.1", "LOCALHOST:1"],
])("from %s to %s is local", (address, host) => {
  expect(isLocalRequest(request(address, "host", host))).toBe(true);
  expect(isLocalRequest(request(address, "host", host, "origin", `http://${host}`))).toBe(true);
});

test.each([
  ["192.0.2.1", ["host", "127.0.0.1"]],
  ["127.0.0.1", ["host", "evil.example"]],
  ["127.0.0.1", ["host", "localhost.evil.example"]],
  ["127.0.0.1", ["host", "127.0.0.1.evil.example:80"]],
  ["127.0.0.1", ["host", "127.0.0.1", "x-forwarded-for", "192.0.2.1"]],
  ["127.0.0.1", ["host", "127.0.0.1", "via", "1.1 proxy"]],
  ["127.0.0.1", ["host", "127.0.0.1:8787", "origin", "https://evil.example"]],
  ["127.0.0.1", ["host", "127.0.0.1:8787", "origin", "http://127.0.0.1:3000"]],
  ["127.0.0.1", ["host", "127.0.0.1:8787", "origin", "null"]],
  ["127.0.0.1", []],
])("from %s with %j is not", (address, headers) => {
  expect(isLocalRequest(request(address, ...headers))).toBe(false);
});
