import type { ServerWebSocket } from "bun";
import type { TestCertificate } from "./make-certificate.ts";

/** One session with a provider of a test. */
export interface UpstreamSession {
  /** Path and query as they came. */
  readonly target: string;
  readonly headers: Headers;
  /** Messages so far: texts, and bytes of binary ones. */
  readonly messages: (string | Buffer)[];
  /** What came with the client's close frame; null until it came. */
  closed: { readonly code: number; readonly reason: string } | null;
  send(message: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  /** Cuts the connection without a close frame. */
  cut(): void;
}

/** What a provider of a test does. */
export interface SocketScript {
  opened?(session: UpstreamSession): void;
  message?(session: UpstreamSession, message: string | Buffer): void;
  /** Subprotocol to choose among those offered; none by default. */
  choose?(offered: readonly string[]): string | undefined;
  /** An ordinary answer instead of the switch. */
  refuse?(request: Request): Response | undefined;
}

/** A provider that speaks WebSocket, by Bun's own server. */
export interface SocketUpstream extends Disposable {
  /** `http://127.0.0.1:{port}`, or https. */
  readonly url: string;
  readonly sessions: readonly UpstreamSession[];
}

/** Starts one on a free port of 127.0.0.1, with TLS when there is a certificate. */
export function startSocketUpstream(script: SocketScript = {}, certificate?: TestCertificate): SocketUpstream {
  const sessions: UpstreamSession[] = [];
  const server = Bun.serve<{ target: string; headers: Headers; session?: UpstreamSession }>({
    hostname: "127.0.0.1",
    port: 0,
    ...(certificate === undefined ? {} : { tls: certificate }),
    fetch(request, self) {
      const refusal = script.refuse?.(request);
      if (refusal !== undefined) return refusal;
      const { pathname, search } = new URL(request.url);
      const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
      const chosen = script.choose?.(offered);
      const isUpgraded = self.upgrade(request, {
        data: { target: pathname + search, headers: request.headers },
        ...(chosen === undefined ? {} : { headers: { "sec-websocket-protocol": chosen } }),
      });
      return isUpgraded ? undefined : new Response("no socket", { status: 400 });
    },
    websocket: {
      perMessageDeflate: true,
      open(socket) {
        const session = sessionOf(socket);
        socket.data.session = session;
        sessions.push(session);
        script.opened?.(session);
      },
      message(socket, message) {
        const session = socket.data.session as UpstreamSession;
        session.messages.push(message);
        script.message?.(session, message);
      },
      close(socket, code, reason) {
        (socket.data.session as UpstreamSession).closed = { code, reason };
      },
    },
  });
  return {
    url: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${server.port}`,
    sessions,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

function sessionOf(socket: ServerWebSocket<{ target: string; headers: Headers }>): UpstreamSession {
  return {
    target: socket.data.target,
    headers: socket.data.headers,
    messages: [],
    closed: null,
    send: (message) => void socket.send(message),
    close: (code, reason) => socket.close(code, reason),
    cut: () => socket.terminate(),
  };
}
