import { ServerConnection, type ServerContext } from "./server-connection.ts";

/** A listening HTTP/1.1 server. */
export interface Listener {
  readonly port: number;
  /** Connections open now. */
  readonly connectionCount: number;
  /** Connections that were turned away since it listens, because as many as may be were open. */
  readonly refusedCount: number;
  /**
   * Stops accepting, closes idle connections, lets running exchanges end, and breaks what is left after `graceMs`.
   * Resolves when no connection is open.
   */
  stop(graceMs: number): Promise<void>;
}

/** Where to listen, and how many may come. */
export interface ListenAddress {
  readonly hostname: string;
  readonly port: number;
  /** Lets several processes share the port; the kernel spreads connections over them. */
  readonly reusePort: boolean;
  /** Most connections open at one time. */
  readonly maxConnections: number;
}

/** So many clients beyond are told so, each for two seconds at most; still others are cut off at once. */
const MOST_TURNED_AWAY = 32;
/** How often a draining listener looks whether its connections are gone. */
const DRAIN_LOOK_MS = 20;

/**
 * Listens for HTTP/1.1 on `hostname`:`port` (0 for any free port). Connections beyond `maxConnections` are accepted and refused: left
 * waiting they would use up descriptors, and without those the runtime tries to accept all the time.
 * @throws the system's error when the address cannot be bound.
 */
export function listen(context: ServerContext, { maxConnections, ...address }: ListenAddress): Listener {
  const connections = new Set<ServerConnection>();
  const turnedAway = new Set<ServerConnection>();
  let refusedCount = 0;
  const server = Bun.listen<ServerConnection | undefined>({
    ...address,
    data: undefined,
    socket: {
      open(socket) {
        const hasRoom = connections.size < maxConnections;
        if (!hasRoom) refusedCount += 1;
        if (!hasRoom && turnedAway.size >= MOST_TURNED_AWAY) {
          socket.terminate();
          return;
        }
        const connection = new ServerConnection(socket, context);
        socket.data = connection;
        (hasRoom ? connections : turnedAway).add(connection);
        if (!hasRoom) connection.turnAway();
      },
      data(socket, piece) {
        socket.data?.received(piece);
      },
      drain(socket) {
        socket.data?.drained();
      },
      close(socket) {
        if (socket.data === undefined) return;
        if (!connections.delete(socket.data)) turnedAway.delete(socket.data);
        socket.data.closed();
      },
      error(socket) {
        socket.data?.terminate();
      },
    },
  });
  return {
    port: server.port,
    get connectionCount() {
      return connections.size;
    },
    get refusedCount() {
      return refusedCount;
    },
    async stop(graceMs) {
      context.isDraining = true;
      server.stop();
      const deadlineMs = context.clock.monotonicMs() + graceMs;
      while (connections.size > 0 && context.clock.monotonicMs() < deadlineMs) {
        for (const connection of connections) connection.closeWhenIdle();
        await Bun.sleep(DRAIN_LOOK_MS);
      }
      for (const connection of [...connections, ...turnedAway]) connection.terminate();
    },
  };
}
