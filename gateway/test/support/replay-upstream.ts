import type { Socket } from "bun";
import type { ReceivedRequest, RequestLog } from "./received-request.ts";
import { planAnswer } from "./replay-answer.ts";
import type { ReplayAnswer } from "./replay-answer.ts";
import type { ConnectionOwner, ReplayConnection } from "./replay-connection.ts";
import { serveConnection } from "./replay-connection.ts";
import type { ReplayControl } from "./replay-control.ts";
import { controlFromHeaders } from "./replay-control.ts";
import type { RecordedExchange } from "./recordings.ts";
import { createWaitQueue } from "./wait-queue.ts";

/** Says which requests get which exchange and treatment where clients cannot send control headers. */
export interface ReplayRoute {
  /** Any method when absent. */
  readonly method?: string;
  /** Path without query, exact or by pattern; any path when absent. */
  readonly path?: string | RegExp;
  /** Answered exchange; `x-replay-id` wins. */
  readonly exchange?: RecordedExchange;
  readonly control?: ReplayControl;
}

/** A server that plays a model provider from exchanges, on loopback. */
export interface ReplayUpstream {
  /** Scheme, host and port, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Every request since the start or the last `forget`, in order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** Connections accepted since the start. */
  connectionCount(): number;
  /** Makes an exchange answerable by its id. */
  add(...exchanges: readonly RecordedExchange[]): void;
  remove(id: string): void;
  /** Adds a rule; the newest matching one wins. */
  route(rule: ReplayRoute): void;
  /** Takes the request that carried `x-replay-id: id` out of `requests`; undefined when none did. */
  takeRequest(id: string): ReceivedRequest | undefined;
  /** The oldest request not handed out yet, at its head; rejects after `timeoutMs` (2000). */
  nextRequest(timeoutMs?: number): Promise<ReceivedRequest>;
  /** The oldest aborted request not handed out yet; rejects after `timeoutMs` (2000). */
  nextAbort(timeoutMs?: number): Promise<ReceivedRequest>;
  /** Forgets requests, aborts, failure counts and routes; exchanges stay. */
  forget(): void;
  /** Closes the listener and every connection. */
  stop(): void;
}

export interface ReplayUpstreamOptions {
  readonly exchanges?: readonly RecordedExchange[];
  /** PEM texts; https when given. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Starts a replay upstream on a free port of 127.0.0.1. A request nothing matches is answered 404 with the reason as text. */
export function startReplayUpstream(options: ReplayUpstreamOptions = {}): ReplayUpstream {
  const exchanges = new Map((options.exchanges ?? []).map((exchange) => [exchange.id, exchange]));
  const requests: RequestLog[] = [];
  const arrivals = createWaitQueue<ReceivedRequest>();
  const aborts = createWaitQueue<ReceivedRequest>();
  const failures = new Map<string, number>();
  let routes: ReplayRoute[] = [];
  let connections = 0;

  const owner: ConnectionOwner = {
    onRequest(request) {
      requests.push(request);
      arrivals.put(request);
    },
    onAbort: (request) => aborts.put(request),
    controlFor: (request) => ({ ...matchRoute(routes, request)?.control, ...controlFromHeaders(request.headerLines) }),
    answerTo(request, control) {
      const failure = failOnce(request, control, failures);
      if (failure !== null) return failure;
      const exchange = exchanges.get(request.replayId ?? "") ?? matchRoute(routes, request)?.exchange;
      return exchange === undefined
        ? planText(404, `no exchange for ${request.target}`)
        : answerAs(exchange, control, request);
    },
  };

  const listener = listen(options, (socket) => {
    connections += 1;
    return serveConnection(socket, connections, owner);
  });

  return {
    url: `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${listener.port}`,
    port: listener.port,
    requests,
    connectionCount: () => connections,
    add: (...added) => added.forEach((exchange) => exchanges.set(exchange.id, exchange)),
    remove: (id) => void exchanges.delete(id),
    route: (rule) => void routes.unshift(rule),
    takeRequest(id) {
      const index = requests.findIndex((request) => request.replayId === id);
      return index < 0 ? undefined : requests.splice(index, 1)[0];
    },
    nextRequest: (timeoutMs = 2000) => arrivals.take("next request", timeoutMs),
    nextAbort: (timeoutMs = 2000) => aborts.take("next abort", timeoutMs),
    forget() {
      requests.length = 0;
      arrivals.clear();
      aborts.clear();
      failures.clear();
      routes = [];
    },
    stop: () => listener.stop(true),
  };
}

function listen(
  options: ReplayUpstreamOptions,
  accept: (socket: Socket) => ReplayConnection,
): { port: number; stop(force: boolean): void } {
  const live = new WeakMap<object, ReplayConnection>();
  return Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    socket: {
      open(socket) {
        socket.setNoDelay(true);
        live.set(socket, accept(socket as Socket));
      },
      data: (socket, bytes) => live.get(socket)?.received(bytes),
      drain: (socket) => live.get(socket)?.drained(),
      close: (socket) => live.get(socket)?.closed(),
      error: (socket) => live.get(socket)?.closed(),
    },
  });
}

function matchRoute(routes: readonly ReplayRoute[], request: RequestLog): ReplayRoute | undefined {
  const path = request.target.split("?")[0] as string;
  return routes.find((route) => {
    if (route.method !== undefined && route.method !== request.method) return false;
    if (route.path === undefined) return true;
    return typeof route.path === "string" ? route.path === path : route.path.test(path);
  });
}

function failOnce(
  request: RequestLog,
  control: ReplayControl,
  failures: Map<string, number>,
): ReplayAnswer | "reset" | "close" | "hang" | null {
  if (control.failTimes === undefined) return null;
  const key = control.failKey ?? request.replayId ?? request.target;
  const failed = failures.get(key) ?? 0;
  if (failed >= control.failTimes) return null;
  failures.set(key, failed + 1);
  if (control.failMode !== undefined && control.failMode !== "status") return control.failMode;
  const lines = control.retryAfter === undefined ? [] : [`retry-after: ${control.retryAfter}`];
  return planText(control.failStatus ?? 503, `failure ${failed + 1} of ${control.failTimes}`, lines);
}

function answerAs(
  exchange: RecordedExchange,
  control: ReplayControl,
  request: RequestLog,
): ReturnType<ConnectionOwner["answerTo"]> {
  if (control.resetBeforeHead === true) return "reset";
  if (control.closeBeforeHead === true) return "close";
  if (control.hang === true) return "hang";
  if (control.garbage === true) {
    return { head: Buffer.from("\u0000\u0001this is not a status line\r\n\r\n"), pieces: [], ending: "close" };
  }
  return planAnswer(exchange, control, request.method);
}

function planText(status: number, text: string, headerLines: readonly string[] = []): ReplayAnswer {
  const body = JSON.stringify({ error: { message: text, type: "replay" } });
  const lines = [
    `HTTP/1.1 ${status} Replayed`,
    "content-type: application/json",
    ...headerLines,
    `content-length: ${body.length}`,
  ];
  return { head: Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), pieces: [Buffer.from(body)], ending: "complete" };
}
