import type { Socket } from "bun";
import type { Clock } from "../core/clock.ts";
import type { DeadlineWheel } from "../core/deadline-wheel.ts";
import type { Origin } from "./origin.ts";
import type { UpstreamCall } from "./upstream-call.ts";
import { type ConnectionOwner, UpstreamConnection } from "./upstream-connection.ts";
import { connectFailure, UpstreamFailure } from "./upstream-failure.ts";

/** What opening a connection needs. */
export interface OpenOptions {
  readonly call: UpstreamCall;
  readonly owner: ConnectionOwner;
  readonly clock: Clock;
  readonly wheel: DeadlineWheel;
  readonly extraAuthorities: string | undefined;
}

/**
 * Opens a connection for `call` and lets it carry the call. Every failure up to then, the connect time-out and a
 * rejected certificate included, ends the call.
 */
export function openConnection(options: OpenOptions): void {
  const { call, owner, wheel } = options;
  const { origin, timeouts } = call.request;
  const place = origin.unixPath ?? `${origin.hostname}:${origin.port}`;
  let isSettled = false;
  const connectWatch = {
    deadlineMs: timeouts.connectMs > 0 ? options.clock.monotonicMs() + timeouts.connectMs : Number.POSITIVE_INFINITY,
    onDeadline: () =>
      fail(new UpstreamFailure("connect_timeout", `${place}: no connection in ${timeouts.connectMs} ms`)),
  };
  const fail = (failure: UpstreamFailure): void => {
    isSettled = true;
    wheel.unwatch(connectWatch);
    call.fail(failure);
  };
  const ready = (socket: Socket<UpstreamConnection>): void => {
    wheel.unwatch(connectWatch);
    if (isSettled || call.isOver) {
      socket.terminate();
      return;
    }
    isSettled = true;
    socket.data = new UpstreamConnection(socket, owner);
    socket.data.carry(call);
  };
  wheel.watch(connectWatch);
  const socket = socketHandlers({ isSecure: origin.secure, place, ready, fail });
  const endpoint =
    origin.unixPath === undefined ? { hostname: origin.hostname, port: origin.port } : { unix: origin.unixPath };
  const connecting = Bun.connect<UpstreamConnection>({
    ...endpoint,
    ...(origin.secure ? { tls: tlsOptions(origin, options.extraAuthorities) } : {}),
    socket,
  } as Bun.TCPSocketConnectOptions<UpstreamConnection>);
  connecting.catch((error: unknown) => fail(connectFailure(error, place)));
}

function tlsOptions(origin: Origin, extraAuthorities: string | undefined): Bun.TLSOptions {
  return {
    serverName: origin.hostname,
    rejectUnauthorized: true,
    ALPNProtocols: "http/1.1",
    ...(extraAuthorities === undefined ? {} : { ca: extraAuthorities }),
  } as Bun.TLSOptions;
}

interface HandlerOptions {
  readonly isSecure: boolean;
  readonly place: string;
  readonly ready: (socket: Socket<UpstreamConnection>) => void;
  readonly fail: (failure: UpstreamFailure) => void;
}

function socketHandlers(options: HandlerOptions): Bun.SocketHandler<UpstreamConnection> {
  const { isSecure, place, ready, fail } = options;
  return {
    open(socket) {
      if (!isSecure) ready(socket);
    },
    handshake(socket, isAuthorized, error) {
      if (isAuthorized && error === null) ready(socket);
      else {
        fail(
          new UpstreamFailure(
            "certificate_rejected",
            `${place}: ${(error as { code?: string } | null)?.code ?? "TLS failed"}`,
          ),
        );
        socket.terminate();
      }
    },
    data(socket, piece) {
      socket.data?.received(piece);
    },
    drain(socket) {
      socket.data?.drained();
    },
    close(socket) {
      if (socket.data === undefined)
        fail(new UpstreamFailure("connection_failed", `${place}: closed while connecting`));
      else socket.data.closed();
    },
    error(socket) {
      socket.data?.closed();
    },
  };
}
