import { ServerConnection, type ServerContext } from "./server-connection.ts";

/** A listening HTTP/1.1 server. */
export interface Listener {
  readonly port: number;
  /** Connections open now. */
  readonly connectionCount: number;
  /**
   * Stops accepting, closes idle connections, lets running exchanges end, and breaks what is left after `graceMs`.
   * Resolves when no connection is open.
   */
  stop(graceMs: number): Promise<void>;
}

/** How often a draining listener looks whether its connections are gone. */
const DRAIN_LOOK_MS = 20;

/**
 * Listens for HTTP/1.1 on `hostname`:`port` (0 for any free port).
 * `reusePort` lets several processes share the port; the kernel spreads connections over them.
 * @throws the system's error when the address cannot be bound.
 */
export function listen(
  context: ServerContext,
  address: { readonly hostname: string; readonly port: number; readonly reusePort: boolean },
): Listener {
  const connections = new Set<ServerConnection>();
  const server = Bun.listen<ServerConnection | undefined>({
    ...address,
    data: undefined,
    socket: {
      open(socket) {
        socket.data = new ServerConnection(socket, context);
        connections.add(socket.data);
      },
      data(socket, piece) {
        socket.data?.received(piece);
      },
      drain(socket) {
        socket.data?.drained();
      },
      close(socket) {
        if (socket.data === undefined) return;
        connections.delete(socket.data);
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
    async stop(graceMs) {
      context.isDraining = true;
      server.stop();
      const deadlineMs = context.clock.monotonicMs() + graceMs;
      while (connections.size > 0 && context.clock.monotonicMs() < deadlineMs) {
        for (const connection of connections) connection.closeWhenIdle();
        await Bun.sleep(DRAIN_LOOK_MS);
      }
      for (const connection of connections) connection.terminate();
    },
  };
}
