import type { Socket } from "bun";

/** The writing side of a raw socket, with what it could not take yet. */
export interface SocketOutput {
  readonly socket: Pick<Socket<unknown>, "write">;
  waiting: Buffer[];
}

/** An output with nothing waiting. */
export function newSocketOutput(socket: Pick<Socket<unknown>, "write">): SocketOutput {
  return { socket, waiting: [] };
}

/**
 * Sends bytes after all that still waits; call it without bytes when the socket has drained.
 * What the socket does not take is kept, without bound: both ends are this benchmark's own.
 */
export function sendOutput(output: SocketOutput, bytes?: string | Buffer): void {
  if (output.waiting.length === 0) {
    if (bytes !== undefined) writeOrKeep(output, bytes);
    return;
  }
  const all = bytes === undefined ? output.waiting : [...output.waiting, Buffer.from(bytes as string)];
  output.waiting = [];
  writeOrKeep(output, Buffer.concat(all));
}

function writeOrKeep(output: SocketOutput, bytes: string | Buffer): void {
  const written = output.socket.write(bytes);
  if (written === bytes.length || written < 0) return;
  output.waiting.push(Buffer.from(bytes as string).subarray(written));
}
