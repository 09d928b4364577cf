import { connect } from "node:net";

/** What a crowd asks. */
export interface Crowd {
  readonly port: number;
  readonly path: string;
  /** Requests, each on a connection of its own, sent at one moment. */
  readonly count: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Connects `count` clients, lets all of them ask at once, and tells the statuses they got; 0 for a connection that ended without an answer. A client
 * library's bound on simultaneous requests would make it a queue.
 */
export async function askAtOnce({ port, path, count, headers = {} }: Crowd): Promise<readonly number[]> {
  const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Name a river." }] });
  const lines = {
    host: "a",
    "content-type": "application/json",
    authorization: "Bearer sk-test",
    connection: "close",
    ...headers,
  };
  const head = Object.entries({ ...lines, "content-length": String(body.length) }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const message = `POST ${path} HTTP/1.1\r\n${head.join("")}\r\n${body}`;
  const clients = await Promise.all(Array.from({ length: count }, () => openClient(port)));
  for (const client of clients) client.ask(message);
  return Promise.all(clients.map((client) => client.status));
}

interface Client {
  readonly ask: (message: string) => void;
  readonly status: Promise<number>;
}

function openClient(port: number): Promise<Client> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect({ port, host: "127.0.0.1" });
    const status = new Promise<number>((over) => {
      socket.on("data", (bytes) => (received += bytes.toString("latin1")));
      socket.on("close", () => over(Number(/^HTTP\/1\.1 (\d+)/.exec(received)?.[1] ?? 0)));
    });
    socket.on("connect", () => resolve({ ask: (message) => socket.write(message), status }));
    socket.on("error", reject);
  });
}
