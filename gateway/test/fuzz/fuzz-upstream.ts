import {
  hasHead,
  type ScriptedConnection,
  type ScriptedUpstream,
  startScriptedUpstream,
} from "../support/scripted-upstream.ts";
import { acceptKey } from "../../src/websocket/handshake.ts";
import { writeFrame } from "../../src/websocket/write-frame.ts";

/** Field by which answers of the provider are told from the gateway's own. */
export const upstreamMark = "x-fuzz-upstream";

const chat = JSON.stringify({
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "gpt-4o-mini",
  choices: [{ index: 0, message: { role: "assistant", content: "Rhine." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
});
const delta = `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: "a" } }] })}\n\n`;

function json(status: string, body: string, more = ""): string {
  return `HTTP/1.1 ${status}\r\n${upstreamMark}: yes\r\ncontent-type: application/json\r\n${more}content-length: ${body.length}\r\n\r\n${body}`;
}

function stream(body: string): string {
  const chunk = `${body.length.toString(16)}\r\n${body}\r\n`;
  return `HTTP/1.1 200 OK\r\n${upstreamMark}: yes\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`;
}

/** What the provider does with requests, one after the other; most of it is what providers do. */
const deeds: readonly ((connection: ScriptedConnection, strangerUrl: string) => void)[] = [
  (connection) => connection.write(json("200 OK", chat)),
  (connection) => connection.write(json("200 OK", chat, "connection: close\r\n")),
  (connection) => connection.write(`${stream(delta.repeat(3))}e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n`),
  (connection) => connection.write(json("429 Too Many", '{"error":{"message":"slow down"}}', "retry-after: 0\r\n")),
  (connection) => connection.write(json("500 Oops", '{"error":"x"}')),
  (connection) => connection.write(json("200 OK", '{"error":{"message":"in disguise"}}')),
  (connection) => connection.write(json("200 OK", "this is no JSON")),
  (connection) => {
    connection.write(stream(delta));
    connection.close();
  },
  (connection) => {
    connection.write("\u0000\u0001 nonsense\r\n\r\n");
    connection.close();
  },
  (connection) => connection.close(),
  (connection) => {
    connection.write(`HTTP/1.1 200 OK\r\n${upstreamMark}: yes\r\ncontent-length: 100\r\n\r\nshort`);
    connection.close();
  },
  (connection) => connection.write("HTTP/1.1 204 No Content\r\n\r\n"),
  (connection, strangerUrl) => connection.write(json("302 Found", "{}", `location: ${strangerUrl}\r\n`)),
];

/**
 * A provider that answers well, badly or not at all, and takes part in WebSockets.
 * @param strangerUrl where its redirects lead.
 */
export function startFuzzUpstream(strangerUrl: string): ScriptedUpstream {
  let count = 0;
  return startScriptedUpstream({
    data(connection) {
      if (connection.received.startsWith("socket")) {
        connection.write(closeFrame);
        connection.close();
        return;
      }
      if (!hasHead(connection)) return;
      const key = /\r\nsec-websocket-key: *(\S+)/i.exec(connection.received)?.[1];
      // The rest of a request may come later: the answer is early then, which providers do, too.
      connection.received = key === undefined ? "" : "socket";
      count += 1;
      if (key !== undefined && count % 4 !== 0) openSocket(connection, { key, count });
      else deeds[count % deeds.length]?.(connection, strangerUrl);
    },
  });
}

const closeFrame = writeFrame({ opcode: 8, payload: Buffer.from([0x03, 0xe8]), isMasked: false }).toString("latin1");

function openSocket(connection: ScriptedConnection, { key, count }: { key: string; count: number }): void {
  connection.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${acceptKey(key)}\r\n\r\n`,
  );
  if (count % 3 === 0) connection.write("\u0081\u0002hi");
  if (count % 5 === 0) connection.write("\u00ff\u00ff\u0000nonsense");
}
