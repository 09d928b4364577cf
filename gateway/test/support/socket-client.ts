/** A client's side of a WebSocket, by Bun's own client. */
export interface SocketClient {
  /** The subprotocol that was answered; empty for none. */
  readonly protocol: string;
  send(message: string | Uint8Array): void;
  /** The next message: a text, or the bytes of a binary one. Rejects after 3 seconds. */
  next(): Promise<string | Buffer>;
  close(code?: number, reason?: string): void;
  /** Cuts the connection without a close frame. */
  cut(): void;
  readonly closed: Promise<{ readonly code: number; readonly reason: string; readonly wasClean: boolean }>;
}

/** What a client says when it opens a socket. */
export interface SocketOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

const WAIT_MS = 3000;

/** Opens a socket at a gateway's `url` (http). Rejects when it is refused. */
export async function openSocket(url: string, path: string, options: SocketOptions = {}): Promise<SocketClient> {
  const { headers = {}, protocols = [] } = options;
  const socket = new WebSocket(`${url.replace("http", "ws")}${path}`, { headers, protocols: [...protocols] });
  socket.binaryType = "nodebuffer";
  const messages: (string | Buffer)[] = [];
  let wake = (): void => {};
  socket.addEventListener("message", ({ data }) => {
    messages.push(data as string | Buffer);
    wake();
  });
  const closed = new Promise<{ code: number; reason: string; wasClean: boolean }>((resolve) => {
    socket.addEventListener("close", ({ code, reason, wasClean }) => resolve({ code, reason, wasClean }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", (event) => reject(new Error((event as ErrorEvent).message)));
  });
  return {
    protocol: socket.protocol,
    send: (message) => void socket.send(message),
    async next() {
      const deadlineMs = performance.now() + WAIT_MS;
      while (messages.length === 0) {
        if (performance.now() > deadlineMs) throw new Error(`no message within ${WAIT_MS} ms`);
        const timer = setTimeout(() => wake(), 50);
        await new Promise<void>((resolve) => (wake = resolve));
        clearTimeout(timer);
      }
      return messages.shift() as string | Buffer;
    },
    close: (code = 1000, reason = "") => socket.close(code, reason),
    cut: () => socket.terminate(),
    closed,
  };
}
