import { STATUS_CODES } from "node:http";
import type { HeaderList } from "../core/header-list.ts";

/**
 * The bytes of a response head, empty line included. Values are written one byte per character.
 * @param framingLines whole field lines that follow `headers`, or nothing.
 */
export function serializeResponseHead(status: number, headers: HeaderList, framingLines = ""): Buffer {
  const statusLine = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
  return Buffer.from(`${statusLine}${fieldLines(headers)}${framingLines}\r\n`, "latin1");
}

/** The bytes of a request head, empty line included; `framingLines` as above. */
export function serializeRequestHead(
  request: { readonly method: string; readonly target: string; readonly headers: HeaderList },
  framingLines = "",
): Buffer {
  const requestLine = `${request.method} ${request.target} HTTP/1.1\r\n`;
  return Buffer.from(`${requestLine}${fieldLines(request.headers)}${framingLines}\r\n`, "latin1");
}

/** The bytes that end a chunked body followed by trailer fields. */
export function serializeLastChunk(trailers: HeaderList): Buffer {
  return Buffer.from(`0\r\n${fieldLines(trailers)}\r\n`, "latin1");
}

function fieldLines(headers: HeaderList): string {
  let lines = "";
  for (let index = 0; index < headers.length; index += 2) lines += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return lines;
}
