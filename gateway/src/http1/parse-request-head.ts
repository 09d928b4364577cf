import { headerCount, headerValue } from "../core/header-list.ts";
import { type BodyFraming, requestFraming } from "./body-framing.ts";
import { hasConnectionOption } from "./connection-option.ts";
import { isToken, parseFields } from "./parse-fields.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Request line and fields of one request. */
export interface RequestHead {
  readonly method: string;
  /** Origin-form target exactly as sent: path and query, visible ASCII, beginning with one slash. */
  readonly target: string;
  readonly headers: string[];
  readonly framing: BodyFraming;
  /** Whether the client wants the connection kept after the answer. */
  readonly keepAlive: boolean;
  /** True when the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** HTTP/1.0 clients cannot read chunked answers. */
  readonly isHttp10: boolean;
}

const TARGET = /^\/[\x21-\x7e]*$/;

/**
 * Reads a request head (RFC 9112 §3, §5), strictly: one space between the parts, CRLF line ends, one Host.
 * @param text the head as latin-1, without the empty line that ends it.
 * @throws ProtocolError naming what is wrong; absolute-form, authority-form and `//host` targets are refused.
 */
export function parseRequestHead(text: string): RequestHead {
  const lines = text.split("\r\n");
  const [method, target, version, extra] = (lines[0] as string).split(" ");
  if (
    method === undefined ||
    target === undefined ||
    version === undefined ||
    extra !== undefined ||
    !isToken(method)
  ) {
    throw new ProtocolError("malformed", 'the request line is not "METHOD /path HTTP/1.1"');
  }
  if (version !== "HTTP/1.1" && version !== "HTTP/1.0") {
    throw new ProtocolError("unsupported_version", "only HTTP/1.1 and HTTP/1.0 are spoken here");
  }
  if (!TARGET.test(target) || target.startsWith("//")) {
    throw new ProtocolError("malformed", 'the request target must be a path that begins with a single "/"');
  }
  const headers = parseFields(lines, 1);
  const isHttp10 = version === "HTTP/1.0";
  const hosts = headerCount(headers, "host");
  if (hosts > 1 || (hosts === 0 && !isHttp10)) {
    throw new ProtocolError("malformed", "the host field must occur exactly once");
  }
  const framing = requestFraming(headers);
  if (isHttp10 && framing.kind === "chunked") {
    throw new ProtocolError("malformed", "HTTP/1.0 has no transfer-encoding");
  }
  return {
    method,
    target,
    headers,
    framing,
    keepAlive: !isHttp10 && !hasConnectionOption(headers, "close"),
    expectsContinue: headerValue(headers, "expect")?.toLowerCase() === "100-continue",
    isHttp10,
  };
}
