import type { RequestCase } from "./fuzz-case.ts";

/** What came of a request. */
export interface Outcome {
  /** Everything that was received, one character a byte. */
  readonly received: string;
  /** The first answer; null when none came whole. */
  readonly answer: ReceivedAnswer | null;
  /** Whether the gateway ended the connection. */
  readonly isClosed: boolean;
}

/** An answer that came whole, or whose stream has begun. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** How long what is incomplete is given, and what is whole. */
const quietMs = 600;
const boundMs = 10_000;

/** Sends a request's bytes over a connection of their own and waits for what must come. */
export async function sendRequest(port: number, request: RequestCase): Promise<Outcome> {
  const pieces: Buffer[] = [];
  const settled = Promise.withResolvers<void>();
  let isClosed = false;
  const look = (): void => {
    if (isClosed || (!request.mustEnd && readAnswer(pieces, request.method) !== null)) settled.resolve();
  };
  const ended = (): void => {
    isClosed = true;
    look();
  };
  const pending: Buffer[] = [...request.pieces];
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data(_, bytes) {
        pieces.push(bytes);
        look();
      },
      drain: (self) => write(self, pending),
      close: ended,
      error: ended,
      end: ended,
    },
  });
  socket.setNoDelay(true);
  write(socket, pending);
  const timer = setTimeout(settled.resolve, request.isWhole || request.mustEnd ? boundMs : quietMs);
  await settled.promise;
  clearTimeout(timer);
  const answer = readAnswer(pieces, request.method);
  socket.terminate();
  return { received: Buffer.concat(pieces).toString("latin1"), answer, isClosed };
}

function write(socket: { write(bytes: Buffer): number }, pending: Buffer[]): void {
  for (let piece = pending[0]; piece !== undefined; piece = pending[0]) {
    const taken = Math.max(0, socket.write(piece));
    if (taken < piece.length) {
      pending[0] = piece.subarray(taken);
      return;
    }
    pending.shift();
  }
}

/** The first answer among the bytes; null while it is not whole. Streams of events count from their head on, since some never end. */
function readAnswer(pieces: readonly Buffer[], method: string): ReceivedAnswer | null {
  const text = Buffer.concat(pieces)
    .toString("latin1")
    .replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "");
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return null;
  const head = text.slice(0, headEnd);
  const body = text.slice(headEnd + 4);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? 0);
  if (!isWhole(head, body, method === "HEAD" || status === 204 || status === 304 || status === 101)) return null;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  return { status, head, body: length === undefined ? body : body.slice(0, Number(length)) };
}

function isWhole(head: string, body: string, isBodyless: boolean): boolean {
  if (isBodyless || /\r\ncontent-type: *(?:text\/event-stream|application\/x-ndjson)/i.test(head)) return true;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return body.length >= Number(length);
  return /\r\ntransfer-encoding: *chunked/i.test(head) ? /(?:^|\r\n)0\r\n(?:[^\r]+\r\n)*\r\n/.test(body) : false;
}
