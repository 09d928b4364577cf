import { createHash, randomBytes } from "node:crypto";
import { GatewayError } from "../core/errors.ts";
import { headerCount, headerValue, headerValues, type HeaderList } from "../core/header-list.ts";
import { hasConnectionOption } from "../http1/connection-option.ts";
import { isToken } from "../http1/parse-fields.ts";
import type { RequestHead } from "../http1/parse-request-head.ts";

/** What every accept key is made with (RFC 6455 §1.3). */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** What a client asks for when it opens a WebSocket. */
export interface Handshake {
  readonly key: string;
  /** Subprotocols it offers, the one it likes best first. */
  readonly protocols: readonly string[];
}

/** Whether a request asks to become a WebSocket, rightly or not. */
export function asksForWebSocket({ headers }: RequestHead): boolean {
  // Asked of every request, and nearly none has the field.
  if (headerValue(headers, "upgrade") === undefined) return false;
  return headerValues(headers, "upgrade").some((value) => /(?:^|[,\s])websocket(?:$|[,\s/])/i.test(value));
}

/**
 * Reads an opening handshake (RFC 6455 §4.2.1).
 * @throws GatewayError invalidRequest (7001) naming the field at fault, upgradeRequired (9008) for another version than 13.
 */
export function readHandshake(head: RequestHead): Handshake {
  const { headers } = head;
  if (head.method !== "GET") throw fault("method", `a WebSocket is opened with GET, not ${head.method}`);
  if (head.isHttp10) throw fault("version", "a WebSocket is opened with HTTP/1.1");
  if (head.framing.kind !== "none") throw fault("body", "the request that opens a WebSocket has no body");
  if (!hasConnectionOption(headers, "upgrade")) throw fault("connection", 'connection must hold "upgrade"');
  const key = headerValue(headers, "sec-websocket-key") ?? "";
  if (headerCount(headers, "sec-websocket-key") !== 1 || !KEY.test(key)) {
    throw fault("sec-websocket-key", "sec-websocket-key must occur once and be 16 bytes in base64");
  }
  if (headerValue(headers, "sec-websocket-version") !== "13") {
    throw new GatewayError("upgradeRequired", {
      path: "sec-websocket-version",
      message: "WebSockets are spoken in version 13 (RFC 6455)",
    });
  }
  return { key, protocols: readProtocols(headers) };
}

/** The value of `sec-websocket-accept` that answers `key`. */
export function acceptKey(key: string): string {
  return createHash("sha1").update(key).update(GUID).digest("base64");
}

/** A fresh value of `sec-websocket-key`. */
export function newKey(): string {
  return randomBytes(16).toString("base64");
}

function readProtocols(headers: HeaderList): string[] {
  const names = headerValues(headers, "sec-websocket-protocol")
    .flatMap((value) => value.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.every((name) => isToken(name)) && new Set(names).size === names.length) return names;
  throw fault("sec-websocket-protocol", "sec-websocket-protocol must be a list of tokens, each once");
}

function fault(path: string, message: string): GatewayError {
  return new GatewayError("invalidRequest", { path, message });
}
