/** The part of a Bun TCP socket that writing needs. */
interface WritableSocket {
  write(bytes: Uint8Array): number;
  flush(): void;
}

/** Writes whole buffers to a socket, one after the other, waiting where the network does. */
export interface TcpWriter {
  /** Answers how many bytes were taken: all, or fewer when the connection closed. */
  write(bytes: Uint8Array): Promise<number>;
  /** To be called by the socket's drain handler. */
  drained(): void;
  /** To be called by the socket's close handler. */
  closed(): void;
}

/** A writer for one socket. Only one `write` may be under way at a time. */
export function createTcpWriter(socket: WritableSocket): TcpWriter {
  const state = { isClosed: false };
  let wake: (() => void) | null = null;

  function awake(): void {
    wake?.();
    wake = null;
  }

  return {
    async write(bytes) {
      let sent = 0;
      while (sent < bytes.length && !state.isClosed) {
        const taken = socket.write(sent === 0 ? bytes : bytes.subarray(sent));
        if (taken < 0) break;
        sent += taken;
        if (sent < bytes.length) await new Promise<void>((resolve) => (wake = resolve));
      }
      if (!state.isClosed) socket.flush();
      return sent;
    },
    drained: awake,
    closed() {
      state.isClosed = true;
      awake();
    },
  };
}
