import type { Socket } from "bun";

/** The writing side of a raw socket, with what it could not take yet. */
export interface SocketOutput {
  readonly socket: Pick<Socket<unknown>, "write">;
  readonly waiting: Buffer[];
}

/** An output with nothing waiting. */
export function newSocketOutput(socket: Pick<Socket<unknown>, "write">): SocketOutput {
  return { socket, waiting: [] };
}

/**
 * Sends bytes after all that still waits; call it without bytes when the socket has drained.
 * What the socket does not take is copied and kept, without bound: both ends are this benchmark's own.
 */
export function sendOutput(output: SocketOutput, bytes?: string | Buffer): void {
  const { socket, waiting } = output;
  if (bytes !== undefined) {
    const written = waiting.length === 0 ? socket.write(bytes) : 0;
    if (written >= 0 && written < bytes.length)
      waiting.push(Buffer.from(Buffer.from(bytes as string).subarray(written)));
    return;
  }
  while (waiting.length > 0) {
    const first = waiting[0] as Buffer;
    const written = socket.write(first);
    if (written >= 0 && written < first.length) {
      waiting[0] = first.subarray(written);
      return;
    }
    waiting.shift();
  }
}
