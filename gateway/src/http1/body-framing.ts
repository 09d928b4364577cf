import { headerCount, headerValue, type HeaderList } from "../core/header-list.ts";
import { ProtocolError } from "./protocol-error.ts";

/**
 * How the end of a body is found (RFC 9112 §6.3).
 * `length` bodies have exactly `sizeBytes`; `close` bodies end with the connection and exist in responses only.
 */
export type BodyFraming =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly sizeBytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "close" };

const NO_BODY: BodyFraming = { kind: "none" };
const CHUNKED_BODY: BodyFraming = { kind: "chunked" };
const CLOSE_BODY: BodyFraming = { kind: "close" };
const CONTENT_LENGTH = /^\d{1,15}$/;

/**
 * Framing of a request. Anything two servers might read differently is refused: length with transfer-encoding,
 * two lengths, codings other than chunked.
 * @throws ProtocolError `malformed` or `unsupported_transfer_coding`.
 */
export function requestFraming(headers: HeaderList): BodyFraming {
  const coding = headerValue(headers, "transfer-encoding");
  const length = contentLength(headers);
  if (coding !== undefined) {
    if (length !== null) throw new ProtocolError("malformed", "both content-length and transfer-encoding are present");
    requireChunked(headers, coding);
    return CHUNKED_BODY;
  }
  return length === null || length === 0 ? NO_BODY : { kind: "length", sizeBytes: length };
}

/**
 * Framing of a response to a request with `method`.
 * @throws ProtocolError `malformed` or `unsupported_transfer_coding`.
 */
export function responseFraming(method: string, status: number, headers: HeaderList): BodyFraming {
  if (method === "HEAD" || status === 204 || status === 304 || status < 200) return NO_BODY;
  const coding = headerValue(headers, "transfer-encoding");
  if (coding !== undefined) {
    if (headerValue(headers, "content-length") !== undefined) {
      throw new ProtocolError("malformed", "both content-length and transfer-encoding are present");
    }
    requireChunked(headers, coding);
    return CHUNKED_BODY;
  }
  const length = contentLength(headers);
  if (length === null) return CLOSE_BODY;
  return length === 0 ? NO_BODY : { kind: "length", sizeBytes: length };
}

function contentLength(headers: HeaderList): number | null {
  const value = headerValue(headers, "content-length");
  if (value === undefined) return null;
  if (headerCount(headers, "content-length") > 1 || !CONTENT_LENGTH.test(value)) {
    throw new ProtocolError("malformed", "content-length must occur once and be a whole number");
  }
  return Number(value);
}

function requireChunked(headers: HeaderList, coding: string): void {
  if (headerCount(headers, "transfer-encoding") !== 1 || coding.toLowerCase() !== "chunked") {
    throw new ProtocolError("unsupported_transfer_coding", "the only transfer-encoding understood is chunked");
  }
}
