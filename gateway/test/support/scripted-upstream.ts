import type { Socket } from "bun";

/** One accepted connection of a scripted upstream. */
export interface ScriptedConnection {
  /** Counts connections from 1. */
  readonly number: number;
  /** Everything that came so far, one character per byte. */
  received: string;
  /** Writes bytes, one per character, waiting for nobody. */
  write(bytes: string): void;
  /** Writes `piece` over and over until `sizeBytes` were taken or the peer is gone. @returns the bytes taken. */
  pour(piece: Uint8Array, sizeBytes: number): Promise<number>;
  close(): void;
  reset(): void;
  isClosed: boolean;
}

/** An upstream that does with each connection what a test says, HTTP or not. */
export interface ScriptedUpstream extends Disposable {
  readonly url: string;
  readonly port: number;
  readonly connections: readonly ScriptedConnection[];
}

/** What to do when a connection opens or brings bytes. */
export interface Script {
  opened?(connection: ScriptedConnection): void;
  /** Called after `received` has grown. */
  data?(connection: ScriptedConnection): void;
}

/** Starts one on a free port of 127.0.0.1. */
export function startScriptedUpstream(script: Script): ScriptedUpstream {
  const connections: ScriptedConnection[] = [];
  const drains = new WeakMap<object, () => void>();
  const listener = Bun.listen<ScriptedConnection>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = connectionOf(socket, connections.length + 1, drains);
        connections.push(socket.data);
        script.opened?.(socket.data);
      },
      data(socket, bytes) {
        socket.data.received += bytes.toString("latin1");
        script.data?.(socket.data);
      },
      drain: (socket) => drains.get(socket)?.(),
      close: (socket) => end(socket, drains),
      error: (socket) => end(socket, drains),
    },
  });
  return {
    url: `http://127.0.0.1:${listener.port}`,
    port: listener.port,
    connections,
    [Symbol.dispose]: () => listener.stop(true),
  };
}

/** True once the head of the newest request is whole. */
export function hasHead(connection: ScriptedConnection): boolean {
  return connection.received.includes("\r\n\r\n");
}

function end(socket: Socket<ScriptedConnection>, drains: WeakMap<object, () => void>): void {
  socket.data.isClosed = true;
  drains.get(socket)?.();
}

function connectionOf(
  socket: Socket<ScriptedConnection>,
  number: number,
  drains: WeakMap<object, () => void>,
): ScriptedConnection {
  return {
    number,
    received: "",
    isClosed: false,
    write: (bytes) => void socket.write(Buffer.from(bytes, "latin1")),
    async pour(piece, sizeBytes) {
      let takenBytes = 0;
      while (takenBytes < sizeBytes && !this.isClosed) {
        const taken = socket.write(piece);
        if (taken < 0) break;
        takenBytes += taken;
        if (taken < piece.length) await new Promise<void>((resolve) => void drains.set(socket, resolve));
      }
      return takenBytes;
    },
    close: () => void socket.end(),
    reset: () => void socket.terminate(),
  };
}
