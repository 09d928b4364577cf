import type { Socket } from "bun";
import { declaredFraming, headerLineValue } from "./header-lines.ts";
import { createMessageReader } from "./message-reader.ts";
import type { MessageReader } from "./message-reader.ts";
import type { RequestLog } from "./received-request.ts";
import { logRequest } from "./received-request.ts";
import type { ReplayAnswer } from "./replay-answer.ts";
import type { ReplayControl } from "./replay-control.ts";
import type { TcpWriter } from "./tcp-writer.ts";
import { createTcpWriter } from "./tcp-writer.ts";

/** What a connection asks of the upstream it belongs to. */
export interface ConnectionOwner {
  /** A request head arrived. */
  onRequest(request: RequestLog): void;
  /** The client left before the answer was whole. */
  onAbort(request: RequestLog): void;
  /** How `request` is to be treated; called once, at its head. */
  controlFor(request: RequestLog): ReplayControl;
  /** The answer to `request`, or the way to fail it. */
  answerTo(request: RequestLog, control: ReplayControl): ReplayAnswer | "reset" | "close" | "hang";
}

/** One accepted connection, fed by the socket's handlers. */
export interface ReplayConnection {
  received(bytes: Buffer): void;
  drained(): void;
  closed(): void;
}

/** Serves the requests of one accepted connection, one after the other, until either side closes it. */
export function serveConnection(socket: Socket, number: number, owner: ConnectionOwner): ReplayConnection {
  const writer = createTcpWriter(socket);
  const gone = new AbortController();
  const current: RequestLog[] = [];
  let turn: Promise<void> = Promise.resolve();
  const reader: MessageReader = createMessageReader({
    onHead(head) {
      const request = logRequest(head, number);
      if (request === null) {
        turn = turn.then(() => refuse(socket, writer));
        return { kind: "close" };
      }
      while (current[0]?.answered === true) current.shift();
      current.push(request);
      owner.onRequest(request);
      turn = turn.then(() => serveRequest({ socket, writer, gone: gone.signal, owner }, request)).catch(report);
      return declaredFraming(head.headerLines) ?? { kind: "none" };
    },
    onBody: (piece) => current.at(-1)?.addBody(piece),
    onEnd: (trailers) => current.at(-1)?.endBody(trailers),
    onFault() {
      turn = turn.then(() => refuse(socket, writer));
    },
  });

  function report(error: unknown): void {
    console.error("replay upstream:", error);
    socket.terminate();
  }

  return {
    received: (bytes) => reader.push(bytes),
    drained: () => writer.drained(),
    closed() {
      gone.abort();
      writer.closed();
      for (const request of current) {
        if (request.answered || request.abortedAtMs !== null) continue;
        request.abortedAtMs = performance.now();
        owner.onAbort(request);
      }
    },
  };
}

interface ServingParts {
  readonly socket: Socket;
  readonly writer: TcpWriter;
  readonly gone: AbortSignal;
  readonly owner: ConnectionOwner;
}

async function serveRequest(parts: ServingParts, request: RequestLog): Promise<void> {
  const { socket, writer, gone, owner } = parts;
  const control = owner.controlFor(request);
  if (control.readPauseMs !== undefined) {
    socket.pause();
    await sleep(control.readPauseMs, gone);
    socket.resume();
  }
  const expectsContinue = request.header("expect")?.toLowerCase() === "100-continue";
  if (expectsContinue && control.refuseContinue !== true && control.early !== true) {
    await writer.write(Buffer.from("HTTP/1.1 100 Continue\r\n\r\n"));
  }
  if (control.early !== true) await untilAborted(request.bodyEnded, gone);
  await sleep(control.delayMs ?? 0, gone);
  if (gone.aborted) return;
  const answer = owner.answerTo(request, control);
  if (typeof answer === "string") return end(parts, request, answer);
  await sendAnswer(parts, request, { answer, control });
}

async function sendAnswer(
  parts: ServingParts,
  request: RequestLog,
  planned: { readonly answer: ReplayAnswer; readonly control: ReplayControl },
): Promise<void> {
  const { writer, gone } = parts;
  const { answer, control } = planned;
  request.sentBytes += await writer.write(answer.head);
  await sleep(control.firstByteDelayMs ?? 0, gone);
  let isFirst = true;
  for (const piece of answer.pieces) {
    if (!isFirst) await sleep(control.slowMs ?? 0, gone, true);
    if (gone.aborted) return;
    isFirst = false;
    request.sentBytes += await writer.write(piece);
  }
  if (gone.aborted) return;
  const wantsClose = headerLineValue(request.headerLines, "connection")?.toLowerCase() === "close";
  end(parts, request, answer.ending === "complete" && wantsClose ? "close" : answer.ending);
}

function end(parts: ServingParts, request: RequestLog, ending: ReplayAnswer["ending"]): void {
  if (ending === "hang") return;
  request.answered = true;
  if (ending === "close") parts.socket.end();
  if (ending === "reset") parts.socket.terminate();
}

async function refuse(socket: Socket, writer: TcpWriter): Promise<void> {
  await writer.write(Buffer.from("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
  socket.end();
}

/** Waits; with `yields` set a wait of 0 still lets the loop turn, so that writes leave one by one. */
function sleep(ms: number, gone: AbortSignal, yields = false): Promise<void> {
  if (gone.aborted || (ms === 0 && !yields)) return Promise.resolve();
  return new Promise((resolve) => {
    if (ms === 0) {
      setImmediate(resolve);
      return;
    }
    const finish = (): void => {
      clearTimeout(timer);
      gone.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    gone.addEventListener("abort", finish);
  });
}

function untilAborted(promise: Promise<void>, gone: AbortSignal): Promise<void> {
  if (gone.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    gone.addEventListener("abort", () => resolve(), { once: true });
    void promise.then(resolve);
  });
}
