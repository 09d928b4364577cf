import { createMessageReader } from "./message-reader.ts";
import type { MessageHead } from "./message-reader.ts";
import type { LiveResponse, RawResponse, ResponseCollector } from "./raw-response.ts";
import { collectResponse, responseFraming, statusOf } from "./raw-response.ts";
import { createTcpWriter } from "./tcp-writer.ts";
import { createWaitQueue } from "./wait-queue.ts";

/** How the peer ended a connection; `here` when this side did. */
export type ConnectionEnd = "closed" | "reset" | "here";

/** A TCP connection of a test that speaks HTTP as badly as the test wants. */
export interface RawClient {
  /** Sends bytes as they are; strings one byte per character. Resolves when the network took them all. */
  send(bytes: string | Uint8Array): Promise<void>;
  /** Sends a request, adding nothing to it but what `buildRequest` adds. */
  request(request: RawRequest): Promise<void>;
  /**
   * The next answer, at its head. `method` tells whether a body may follow. Rejects after `timeoutMs` (10000) and when
   * the connection ends without a head.
   */
  nextResponse(method?: string, timeoutMs?: number): Promise<LiveResponse>;
  /** Interim (1xx) heads so far. */
  readonly interim: readonly MessageHead[];
  /** Stops and resumes reading from the network. */
  pause(): void;
  resume(): void;
  /** Orderly close. */
  close(): void;
  /** TCP reset. */
  reset(): void;
  /** False once either side ended the connection. */
  isOpen(): boolean;
  readonly ended: Promise<ConnectionEnd>;
}

/** A request in parts; only what is given is sent. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  /** Complete field lines, one character per byte. */
  readonly headerLines: readonly string[];
  /** Adds `content-length` when there is a body and no line frames it. */
  readonly body?: Uint8Array;
}

export interface RawClientOptions {
  readonly port: number;
  /** PEM text of the authority to trust; https when given. */
  readonly ca?: string;
}

/** The bytes of a request: start line, lines in order, body. */
export function buildRequest(request: RawRequest): Buffer {
  const lines = [`${request.method} ${request.target} HTTP/1.1`, ...request.headerLines];
  const isFramed = request.headerLines.some((line) => /^(content-length|transfer-encoding):/i.test(line));
  if (request.body !== undefined && !isFramed) lines.push(`content-length: ${request.body.length}`);
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  return request.body === undefined ? head : Buffer.concat([head, request.body]);
}

/** One request on a connection of its own, to its end. */
export async function requestOnce(port: number, request: RawRequest, timeoutMs = 10_000): Promise<RawResponse> {
  const client = await openRawClient({ port });
  try {
    await client.request(request);
    const live = await client.nextResponse(request.method, timeoutMs);
    return await live.whole(timeoutMs);
  } finally {
    client.close();
  }
}

/** Connects to a port of 127.0.0.1. */
export async function openRawClient(options: RawClientOptions): Promise<RawClient> {
  const ended = Promise.withResolvers<ConnectionEnd>();
  const inbox = createInbox();
  let leftHere = false;
  let isOpen = true;

  function finish(error?: unknown): void {
    if (!isOpen) return;
    isOpen = false;
    writer.closed();
    const end = leftHere ? "here" : error === undefined ? "closed" : "reset";
    inbox.finish(end);
    ended.resolve(end);
  }

  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: options.port,
    ...(options.ca === undefined ? {} : { tls: { ca: options.ca, serverName: "localhost" } }),
    socket: {
      data: (_, bytes) => inbox.push(bytes),
      drain: () => writer.drained(),
      close: (_, error) => finish(error),
      error: (_, error) => finish(error),
    },
  });
  const writer = createTcpWriter(socket);
  socket.setNoDelay(true);

  function leave(how: "end" | "terminate"): void {
    leftHere = true;
    socket[how]();
    finish();
  }

  const send = async (bytes: string | Uint8Array): Promise<void> => {
    const buffer = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
    const sent = await writer.write(buffer);
    if (sent < buffer.length) throw new Error(`connection ended after ${sent} of ${buffer.length} bytes`);
  };

  return {
    send,
    request: (request) => send(buildRequest(request)),
    nextResponse: (method = "GET", timeoutMs = 10_000) => inbox.next(method, timeoutMs),
    interim: inbox.interim,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => leave("end"),
    reset: () => leave("terminate"),
    isOpen: () => isOpen,
    ended: ended.promise,
  };
}

/** Sorts the bytes of a connection into answers. Bytes wait until somebody asks for an answer, as only the asker knows the method. */
function createInbox() {
  const expected: string[] = [];
  const arrived = createWaitQueue<LiveResponse | ConnectionEnd>();
  const interim: MessageHead[] = [];
  let early: Buffer[] = [];
  let live: ResponseCollector | null = null;
  let over: ConnectionEnd | null = null;

  const reader = createMessageReader({
    onHead(head) {
      const framing = statusOf(head.startLine) === 0 ? null : responseFraming(head, expected[0] ?? "GET");
      if (framing === "interim") {
        interim.push(head);
        return framing;
      }
      expected.shift();
      live = collectResponse(head);
      arrived.put(live);
      if (framing !== null) return framing;
      live.end("garbage");
      live = null;
      return { kind: "close" };
    },
    onBody: (piece) => live?.add(piece),
    onEnd(trailers) {
      live?.end("clean", trailers);
      live = null;
    },
    onFault() {
      live?.end("garbage");
      live = null;
    },
  });

  function settle(end: ConnectionEnd): void {
    if (end !== "reset") reader.finish();
    live?.end(end === "reset" ? "reset" : "closed_early");
    live = null;
    arrived.put(end);
  }

  return {
    interim,
    push(bytes: Buffer): void {
      if (expected.length === 0 && live === null) early.push(bytes);
      else reader.push(bytes);
    },
    finish(end: ConnectionEnd): void {
      over = end;
      if (early.length === 0) settle(end);
    },
    async next(method: string, timeoutMs: number): Promise<LiveResponse> {
      expected.push(method);
      const waiting = early;
      early = [];
      for (const bytes of waiting) reader.push(bytes);
      if (over !== null && waiting.length > 0) settle(over);
      const response = await arrived.take("answer head", timeoutMs);
      if (typeof response === "string") {
        arrived.put(response);
        throw new Error(`connection ended without an answer (${response})`);
      }
      return response;
    },
  };
}
