import { createHash } from "node:crypto";
import type { Socket } from "bun";
import { endMessages, newMessageReader, readMessages } from "./message-reader.ts";
import type { MessageReader } from "./message-reader.ts";
import {
  answerKindOf,
  contentEvent,
  doneEvent,
  sharedClockUs,
  sizedAnswer,
  smallAnswer,
  usageEvent,
} from "./payloads.ts";
import { newSocketOutput, sendOutput } from "./socket-output.ts";
import type { SocketOutput } from "./socket-output.ts";
import { addToWheel, newTimingWheel, turnWheel } from "./timing-wheel.ts";
import type { TimingWheel } from "./timing-wheel.ts";

/** What the upstream has seen so far; `GET /counts` answers it as JSON. */
export interface UpstreamCounts {
  requests: number;
  streamsOpen: number;
  streamsFinished: number;
  /** Streams whose connection was closed before their end. */
  streamsAborted: number;
  connectionsOpen: number;
  /** Batches of spans that were posted to `/v1/traces`; no requests. */
  exports: number;
}

interface Connection {
  readonly reader: MessageReader;
  readonly output: SocketOutput;
  place: "counts" | "traces" | "chat";
  /** `sec-websocket-key` of the request; null when it asks for no socket. */
  socketKey: string | null;
  bodyStart: string;
  streaming: boolean;
  closed: boolean;
}

interface Upstream {
  readonly counts: UpstreamCounts;
  readonly wheel: TimingWheel;
  /** Answers by their size. */
  readonly sized: Map<number, Buffer>;
}

const bodyStartBytes = 256;
const jsonHead = (sizeBytes: number) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_benchmark\r\ncontent-length: ${sizeBytes}\r\n\r\n`;
const socketHead = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n";
const socketGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const streamHead =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n";
const smallMessage = Buffer.from(jsonHead(smallAnswer.length) + smallAnswer);
const faultText = '{"error":{"message":"out of order","type":"server_error","code":null}}';
const faultMessage = Buffer.from(
  `HTTP/1.1 500 Internal Server Error\r\ncontent-type: application/json\r\ncontent-length: ${faultText.length}\r\n\r\n${faultText}`,
);
const exportedMessage = Buffer.from(`${jsonHead(2)}{}`);

/**
 * A provider as cheap as it can be: answers what the request's `model` asks for (see `payloads.ts`) on an ephemeral
 * loopback port, never compressed, connections kept open.
 * @returns the port, and a function that ends it.
 */
export function startUpstream(): { readonly port: number; readonly stop: () => void } {
  const upstream: Upstream = {
    counts: { requests: 0, streamsOpen: 0, streamsFinished: 0, streamsAborted: 0, connectionsOpen: 0, exports: 0 },
    wheel: newTimingWheel(),
    sized: new Map(),
  };
  const startedAtMs = performance.now();
  const timer = setInterval(() => turnWheel(upstream.wheel, Math.floor(performance.now() - startedAtMs)), 1);
  const server = Bun.listen<Connection>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (socket) => openConnection(upstream, socket),
      data: (socket, bytes) => {
        // Sockets are silent: the first thing said on one is its end.
        if (socket.data.socketKey === null) readMessages(socket.data.reader, bytes);
        else socket.end();
      },
      drain: (socket) => sendOutput(socket.data.output),
      close: (socket) => closeConnection(upstream, socket.data),
      error: (socket) => {
        socket.terminate();
      },
    },
  });
  const stop = () => {
    clearInterval(timer);
    server.stop(true);
  };
  return { port: server.port, stop };
}

function openConnection(upstream: Upstream, socket: Socket<Connection>): void {
  const reader = newMessageReader("request", {
    head(head) {
      connection.place = placeOf(head);
      connection.socketKey = /\r\nsec-websocket-key: *(\S+)/i.exec(head)?.[1] ?? null;
      connection.bodyStart = "";
    },
    body(bytes) {
      if (connection.bodyStart.length < bodyStartBytes)
        connection.bodyStart += bytes.toString("latin1", 0, bodyStartBytes);
    },
    end: () => answer(upstream, connection),
  });
  const output = newSocketOutput(socket);
  const connection: Connection = {
    reader,
    output,
    place: "chat",
    socketKey: null,
    bodyStart: "",
    streaming: false,
    closed: false,
  };
  socket.data = connection;
  upstream.counts.connectionsOpen++;
}

function closeConnection(upstream: Upstream, connection: Connection): void {
  connection.closed = true;
  endMessages(connection.reader);
  upstream.counts.connectionsOpen--;
  if (!connection.streaming) return;
  upstream.counts.streamsOpen--;
  upstream.counts.streamsAborted++;
}

function answer(upstream: Upstream, connection: Connection): void {
  if (connection.place === "traces") {
    upstream.counts.exports++;
    sendOutput(connection.output, exportedMessage);
    return;
  }
  if (connection.place === "counts") {
    const text = JSON.stringify(upstream.counts);
    sendOutput(connection.output, jsonHead(text.length) + text);
    return;
  }
  if (connection.socketKey !== null) {
    const accept = createHash("sha1").update(`${connection.socketKey}${socketGuid}`).digest("base64");
    sendOutput(connection.output, `${socketHead}sec-websocket-accept: ${accept}\r\n\r\n`);
    return;
  }
  upstream.counts.requests++;
  const wanted = answerKindOf(connection.bodyStart);
  if (wanted.kind === "json") sendOutput(connection.output, smallMessage);
  else if (wanted.kind === "fault") sendOutput(connection.output, faultMessage);
  else if (wanted.kind === "sized") sendOutput(connection.output, sizedMessage(upstream, wanted.bytes));
  else startStream(upstream, connection, wanted);
}

function placeOf(head: string): Connection["place"] {
  if (head.startsWith("GET /counts ")) return "counts";
  return head.startsWith("POST /v1/traces ") ? "traces" : "chat";
}

function sizedMessage(upstream: Upstream, bytes: number): Buffer {
  const made = upstream.sized.get(bytes);
  if (made !== undefined) return made;
  const text = sizedAnswer(bytes);
  const message = Buffer.from(jsonHead(text.length) + text);
  upstream.sized.set(bytes, message);
  return message;
}

interface StreamPlan {
  readonly events: number;
  readonly intervalMs: number;
}

function startStream(upstream: Upstream, connection: Connection, plan: StreamPlan): void {
  connection.streaming = true;
  upstream.counts.streamsOpen++;
  let left = plan.events;
  const send = (head: string): boolean => {
    if (connection.closed) return false;
    left--;
    if (left > 0) {
      sendOutput(connection.output, head + asChunk(left === 1 ? usageEvent : contentEvent(sharedClockUs())));
      return true;
    }
    connection.streaming = false;
    upstream.counts.streamsOpen--;
    upstream.counts.streamsFinished++;
    sendOutput(connection.output, `${head}${asChunk(doneEvent)}0\r\n\r\n`);
    return false;
  };
  if (send(streamHead)) addToWheel(upstream.wheel, { intervalMs: plan.intervalMs, fire: () => send("") });
}

function asChunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

if (import.meta.main) {
  const { port } = startUpstream();
  console.log(`listening ${port}`);
  // The benchmark holds the other end: when it dies, however it dies, this process ends with it.
  process.stdin
    .on("end", () => process.exit(0))
    .on("error", () => process.exit(0))
    .resume();
}
