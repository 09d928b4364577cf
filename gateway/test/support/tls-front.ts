import type { Socket } from "bun";
import { makeCertificate } from "./make-certificate.ts";

/** A TLS port in front of a plain one, for clients that speak no other. */
export interface TlsFront extends Disposable {
  readonly port: number;
  /** PEM text of the authority to trust. */
  readonly ca: string;
}

interface Pair {
  other: Socket<Pair> | null;
  waiting: Buffer[];
}

/** Starts one on a free port of 127.0.0.1. It waits for nobody, so it is no place for large bodies. */
export function startTlsFront(port: number): TlsFront {
  const { key, cert } = makeCertificate();
  const socket = {
    data(from: Socket<Pair>, bytes: Buffer) {
      if (from.data.other === null) from.data.waiting.push(Buffer.from(bytes));
      else from.data.other.write(bytes);
    },
    close: (from: Socket<Pair>) => void from.data.other?.end(),
    error: () => {},
  };
  const listener = Bun.listen<Pair>({
    hostname: "127.0.0.1",
    port: 0,
    tls: { key, cert },
    socket: {
      ...socket,
      open(client) {
        client.data = { other: null, waiting: [] };
        void joinTo(client, port, socket);
      },
    },
  });
  return { port: listener.port, ca: cert, [Symbol.dispose]: () => listener.stop(true) };
}

async function joinTo(client: Socket<Pair>, port: number, socket: Bun.SocketHandler<Pair>): Promise<void> {
  const server = await Bun.connect<Pair>({ hostname: "127.0.0.1", port, data: { other: client, waiting: [] }, socket });
  client.data.other = server;
  for (const bytes of client.data.waiting) server.write(bytes);
}
