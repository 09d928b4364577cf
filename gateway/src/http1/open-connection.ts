import type { Socket } from "bun";
import type { Clock } from "../core/clock.ts";
import type { DeadlineWheel } from "../core/deadline-wheel.ts";
import type { Origin } from "./origin.ts";
import type { UpstreamCall } from "./upstream-call.ts";
import { type ConnectionOwner, UpstreamConnection } from "./upstream-connection.ts";
import { connectFailure, handshakeFailure, UpstreamFailure } from "./upstream-failure.ts";

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
  /** The socket while TLS is being agreed on. */
  let unready: Socket<UpstreamConnection> | null = null;
  const connectWatch = {
    deadlineMs: timeouts.connectMs > 0 ? options.clock.monotonicMs() + timeouts.connectMs : Number.POSITIVE_INFINITY,
    onDeadline: () =>
      fail(new UpstreamFailure("connect_timeout", `${place}: no connection in ${timeouts.connectMs} ms`)),
  };
  const fail = (failure: UpstreamFailure): void => {
    if (isSettled) return;
    isSettled = true;
    wheel.unwatch(connectWatch);
    unready?.terminate();
    call.fail(failure);
  };
  const ready = (socket: Socket<UpstreamConnection>): void => {
    wheel.unwatch(connectWatch);
    if (isSettled || call.isOver) {
      socket.terminate();
      return;
    }
    isSettled = true;
    unready = null;
    socket.data = new UpstreamConnection(socket, owner);
    socket.data.carry(call);
  };
  const opened = (opening: Socket<UpstreamConnection>): void => {
    if (isSettled) opening.terminate();
    else if (origin.secure) unready = opening;
    else ready(opening);
  };
  // Giving the call up ends the connecting too, as far as the system lets it be ended.
  call.attach({ setReading: () => {}, drop: () => fail(new UpstreamFailure("aborted", "given up while connecting")) });
  wheel.watch(connectWatch);
  const socket = socketHandlers({ place, opened, ready, fail });
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
  readonly place: string;
  /** The TCP connection is there; of a TLS one only `ready` can be used. */
  readonly opened: (socket: Socket<UpstreamConnection>) => void;
  readonly ready: (socket: Socket<UpstreamConnection>) => void;
  readonly fail: (failure: UpstreamFailure) => void;
}

function socketHandlers(options: HandlerOptions): Bun.SocketHandler<UpstreamConnection> {
  const { place, opened, ready, fail } = options;
  return {
    open: opened,
    handshake(socket, isAuthorized, error) {
      if (isAuthorized && error === null) ready(socket);
      else {
        fail(handshakeFailure(error, place));
        socket.terminate();
      }
    },
    data(socket, piece) {
      socket.data?.received(piece);
    },
    drain(socket) {
      socket.data?.drained();
    },
    close(socket, error) {
      if (socket.data === undefined)
        fail(new UpstreamFailure("connection_failed", `${place}: closed while connecting`));
      else socket.data.closed(error !== undefined && error !== null);
    },
    error(socket) {
      socket.data?.closed(true);
    },
  };
}
