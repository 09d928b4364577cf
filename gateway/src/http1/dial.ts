import type { Socket } from "bun";
import type { Origin } from "./origin.ts";
import type { UpstreamConnection } from "./upstream-connection.ts";
import { connectFailure, handshakeFailure, UpstreamFailure } from "./upstream-failure.ts";

/** One try to connect. */
export interface DialOptions {
  readonly origin: Origin;
  /** Name or address to connect to; certificate and server name stay those of the origin. */
  readonly hostname: string;
  readonly extraAuthorities: string | undefined;
  /** Told once, when bytes can be sent; the socket's `data` is the receiver's to set at once. */
  readonly onReady: (socket: Socket<UpstreamConnection>) => void;
  /** Told once, instead of `onReady`. */
  readonly onFailure: (failure: UpstreamFailure) => void;
}

/** Something under way that can be given up; then it tells nothing any more. */
export interface Dialing {
  end(): void;
}

/** Connects to one endpoint, TLS included. */
export function dial(options: DialOptions): Dialing {
  const { origin } = options;
  const place = origin.unixPath ?? `${origin.hostname}:${origin.port}`;
  let isOver = false;
  /** The socket while TLS is being agreed on. */
  let unready: Socket<UpstreamConnection> | null = null;
  const fail = (failure: UpstreamFailure): void => {
    if (isOver) return;
    isOver = true;
    unready?.terminate();
    options.onFailure(failure);
  };
  const ready = (socket: Socket<UpstreamConnection>): void => {
    if (isOver) {
      socket.terminate();
      return;
    }
    isOver = true;
    unready = null;
    options.onReady(socket);
  };
  const opened = (opening: Socket<UpstreamConnection>): void => {
    if (isOver) opening.terminate();
    else if (origin.secure) unready = opening;
    else ready(opening);
  };
  const endpoint =
    origin.unixPath === undefined ? { hostname: options.hostname, port: origin.port } : { unix: origin.unixPath };
  const connecting = Bun.connect<UpstreamConnection>({
    ...endpoint,
    ...(origin.secure ? { tls: tlsOptions(origin, options.extraAuthorities) } : {}),
    socket: socketHandlers({ place, opened, ready, fail }),
  } as Bun.TCPSocketConnectOptions<UpstreamConnection>);
  connecting.catch((error: unknown) => fail(connectFailure(error, place)));
  return {
    end() {
      isOver = true;
      unready?.terminate();
    },
  };
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
