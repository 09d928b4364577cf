import { expect, test } from "bun:test";
import { endMessages, newMessageReader, readMessages } from "./message-reader.ts";

function readPieces(kind: "request" | "response", pieces: readonly string[]): string[] {
  const seen: string[] = [];
  let body = "";
  const reader = newMessageReader(kind, {
    head: (head) => seen.push(head.split("\r\n")[0] ?? ""),
    body(bytes) {
      body += bytes.toString();
    },
    end() {
      seen.push(body);
      body = "";
    },
  });
  for (const piece of pieces) readMessages(reader, Buffer.from(piece));
  endMessages(reader);
  return seen;
}

const responses =
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" +
  "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nb\r\n0123\r\n56789\r\n0\r\nx: y\r\n\r\n" +
  "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";
const expected = ["HTTP/1.1 200 OK", "hello", "HTTP/1.1 201 Created", "abc0123\r\n56789", "HTTP/1.1 202 Accepted", ""];

test("messages come out the same however they are split", () => {
  for (let at = 0; at <= responses.length; at++) {
    expect(readPieces("response", [responses.slice(0, at), responses.slice(at)])).toEqual(expected);
  }
  expect(readPieces("response", responses.split(""))).toEqual(expected);
});

test("without a length a request has no body, and an answer lasts until the connection closes", () => {
  expect(readPieces("request", ["GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n"])).toEqual([
    "GET /a HTTP/1.1",
    "",
    "GET /b HTTP/1.1",
    "",
  ]);
  expect(readPieces("response", ["HTTP/1.1 200 OK\r\n\r\nab", "cd"])).toEqual(["HTTP/1.1 200 OK", "abcd"]);
});
