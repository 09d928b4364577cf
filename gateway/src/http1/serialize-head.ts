import { STATUS_CODES } from "node:http";
import type { HeaderList } from "../core/header-list.ts";

/**
 * A response head, empty line included, as text of one byte per character.
 * @param framingLines whole field lines that follow `headers`, or nothing.
 */
export function serializeResponseHead(status: number, headers: HeaderList, framingLines = ""): string {
  const statusLine = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
  return `${statusLine}${fieldLines(headers)}${framingLines}\r\n`;
}

/** A request head, in the same form. */
export function serializeRequestHead(
  request: { readonly method: string; readonly target: string; readonly headers: HeaderList },
  framingLines = "",
): string {
  const requestLine = `${request.method} ${request.target} HTTP/1.1\r\n`;
  return `${requestLine}${fieldLines(request.headers)}${framingLines}\r\n`;
}

/** What ends a chunked body that is followed by trailer fields, in the same form. */
export function serializeLastChunk(trailers: HeaderList): string {
  return `0\r\n${fieldLines(trailers)}\r\n`;
}

function fieldLines(headers: HeaderList): string {
  let lines = "";
  for (let index = 0; index < headers.length; index += 2) lines += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return lines;
}
