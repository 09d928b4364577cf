import { STATUS_CODES } from "node:http";
import type { Socket } from "bun";
import { declaredFraming, headerLineValue } from "../../support/header-lines.ts";
import { createMessageReader } from "../../support/message-reader.ts";
import { logRequest } from "../../support/received-request.ts";
import type { ReceivedRequest, RequestLog } from "../../support/received-request.ts";
import { createWaitQueue } from "../../support/wait-queue.ts";

/** What a vendor answers. */
export interface VendorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces of the body. More than one, or a gate, makes the body chunked. */
  readonly pieces: readonly (string | Buffer)[];
  /** The pieces after the first wait for this. */
  readonly gate?: Promise<void>;
  /** Closes the connection after so many pieces, with the body unfinished. */
  readonly breakAfterPieces?: number;
}

/** A vendor's server on loopback whose streams go on when the test says so. */
export interface VendorUpstream {
  /** Scheme, host and port. */
  readonly url: string;
  /** Requests since the start or the last `answer`, in order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** Says how requests are answered from now on; null leaves one without an answer. */
  answer(reply: (request: ReceivedRequest) => VendorAnswer | null): void;
  /** The next request whose client left before its answer was whole; rejects after two seconds. */
  nextAbort(): Promise<ReceivedRequest>;
  stop(): void;
}

/** Starts such a server on a free port of 127.0.0.1. Until `answer` is called it answers nothing. */
export function startVendorUpstream(): VendorUpstream {
  const requests: RequestLog[] = [];
  const aborts = createWaitQueue<ReceivedRequest>();
  const live = new WeakMap<object, Connection>();
  let reply: (request: ReceivedRequest) => VendorAnswer | null = () => null;
  const take = (request: RequestLog): VendorAnswer | null => {
    requests.push(request);
    return reply(request);
  };
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.setNoDelay(true);
        live.set(socket, openConnection(socket as Socket, { take, aborted: (request) => aborts.put(request) }));
      },
      data: (socket, bytes) => live.get(socket)?.received(bytes),
      drain: (socket) => live.get(socket)?.flush(),
      close: (socket) => live.get(socket)?.closed(),
      error: (socket) => live.get(socket)?.closed(),
    },
  });
  return {
    url: `http://127.0.0.1:${listener.port}`,
    requests,
    answer(next) {
      requests.length = 0;
      aborts.clear();
      reply = next;
    },
    nextAbort: () => aborts.take("the client's leaving", 2000),
    stop: () => listener.stop(true),
  };
}

interface Connection {
  received(bytes: Buffer): void;
  flush(): void;
  closed(): void;
}

function openConnection(
  socket: Socket,
  owner: { take(request: RequestLog): VendorAnswer | null; aborted(request: RequestLog): void },
): Connection {
  let current: RequestLog | null = null;
  let unsent: Buffer = Buffer.alloc(0);
  const connection: Connection = {
    received: (bytes) => reader.push(bytes),
    flush() {
      unsent = unsent.subarray(Math.max(0, socket.write(unsent)));
    },
    closed() {
      if (current === null || current.answered || current.abortedAtMs !== null) return;
      current.abortedAtMs = performance.now();
      owner.aborted(current);
    },
  };
  const send = (bytes: Buffer): void => {
    unsent = Buffer.concat([unsent, bytes]);
    connection.flush();
  };
  const reader = createMessageReader({
    onHead(head) {
      current = logRequest(head, 1);
      if (headerLineValue(head.headerLines, "expect") !== undefined) send(Buffer.from("HTTP/1.1 100 Continue\r\n\r\n"));
      return declaredFraming(head.headerLines) ?? { kind: "none" };
    },
    onBody: (piece) => current?.addBody(piece),
    onEnd(trailers) {
      const request = current as RequestLog;
      request.endBody(trailers);
      const answer = owner.take(request);
      if (answer !== null) void sendAnswer({ socket, send }, request, answer);
    },
    onFault: () => socket.terminate(),
  });
  return connection;
}

async function sendAnswer(
  wire: { readonly socket: Socket; send(bytes: Buffer): void },
  request: RequestLog,
  answer: VendorAnswer,
): Promise<void> {
  const isChunked = answer.pieces.length > 1 || answer.gate !== undefined || answer.breakAfterPieces !== undefined;
  const pieces = answer.pieces.map((piece) => Buffer.from(piece as string));
  const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
  lines.push(isChunked ? "transfer-encoding: chunked" : `content-length: ${pieces[0]?.length ?? 0}`);
  wire.send(Buffer.from(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}\r\n${lines.join("\r\n")}\r\n\r\n`));
  for (const [index, piece] of pieces.entries()) {
    if (index === 1) await answer.gate;
    if (request.abortedAtMs !== null) return;
    if (index === answer.breakAfterPieces) {
      request.answered = true;
      wire.socket.end();
      return;
    }
    wire.send(
      isChunked ? Buffer.from(`${piece.length.toString(16)}\r\n${piece.toString("latin1")}\r\n`, "latin1") : piece,
    );
    request.sentBytes += piece.length;
    // Each piece leaves in a write of its own.
    await new Promise((resolve) => setImmediate(resolve));
  }
  request.answered = true;
  if (isChunked) wire.send(Buffer.from("0\r\n\r\n"));
}
