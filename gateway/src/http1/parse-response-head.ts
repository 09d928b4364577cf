import { type BodyFraming, responseFraming } from "./body-framing.ts";
import { hasConnectionOption } from "./connection-option.ts";
import { parseFields } from "./parse-fields.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Status line and fields of one response. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: string[];
  readonly framing: BodyFraming;
  /** Whether the connection may carry another exchange after this one. */
  readonly keepAlive: boolean;
}

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: [\t\x20-\x7e\x80-\xff]*)?$/;

/**
 * Reads a response head (RFC 9112 §4, §5).
 * @param text the head as latin-1, without the empty line that ends it. @param method of the request it answers.
 * @throws ProtocolError naming what is wrong.
 */
export function parseResponseHead(text: string, method: string): ResponseHead {
  const lines = text.split("\r\n");
  const match = STATUS_LINE.exec(lines[0] as string);
  if (match === null) throw new ProtocolError("malformed", "the status line is not HTTP/1.1");
  const status = Number(match[2]);
  if (status < 100) throw new ProtocolError("malformed", `status ${status} does not exist`);
  const headers = parseFields(lines, 1);
  const framing = responseFraming(method, status, headers);
  const keepAlive =
    framing.kind !== "close" &&
    (match[1] === "1" ? !hasConnectionOption(headers, "close") : hasConnectionOption(headers, "keep-alive"));
  return { status, headers, framing, keepAlive };
}
