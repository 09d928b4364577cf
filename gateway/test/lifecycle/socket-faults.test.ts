import { afterEach, expect, test } from "bun:test";
import { applyMask, opcode } from "../../src/websocket/frame.ts";
import { acceptKey } from "../../src/websocket/handshake.ts";
import { writeFrame } from "../../src/websocket/write-frame.ts";
import { residentBytes } from "../support/resident-bytes.ts";
import { hasHead, type Script, type ScriptedUpstream, startScriptedUpstream } from "../support/scripted-upstream.ts";
import { openSocket } from "../support/socket-client.ts";
import { type GatewayOptions, startGateway, type StartedGateway } from "../support/start-gateway.ts";
import { until } from "../support/until.ts";

let gateway: StartedGateway;
let upstream: ScriptedUpstream;

async function start(script: Script, options: GatewayOptions = {}): Promise<void> {
  upstream = startScriptedUpstream(script);
  gateway = await startGateway({ providers: { "custom-raw": { base_url: upstream.url, dialect: null } }, ...options });
}

afterEach(async () => {
  await gateway.stop();
  upstream[Symbol.dispose]();
});

const path = "/v1/default/default/custom-raw/talk";

/** The 101 that answers the head in `received`. */
function switchHead(received: string, changes: Record<string, string> = {}): string {
  const key = /sec-websocket-key: (\S+)/.exec(received)?.[1] ?? "";
  const fields = { upgrade: "websocket", connection: "upgrade", "sec-websocket-accept": acceptKey(key), ...changes };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join("")}\r\n`;
}

/** An upstream that switches and says `bytes` in the same breath; what the client sends is collected in `received`. */
function switching(bytes: Buffer | string = ""): Script {
  return {
    data(connection) {
      if (!hasHead(connection)) return;
      const answer = switchHead(connection.received) + Buffer.from(bytes).toString("latin1");
      if (connection.received.startsWith("GET")) {
        connection.received = connection.received.slice(connection.received.indexOf("\r\n\r\n") + 4);
        connection.write(answer);
      }
    },
  };
}

/** A socket opened by hand. `closed` resolves when the connection is gone. */
async function openByHand(): Promise<{
  write(bytes: Buffer): void;
  received(): Buffer;
  closed: Promise<void>;
  end(): void;
}> {
  let received = Buffer.alloc(0);
  let close = (): void => {};
  const closed = new Promise<void>((resolve) => (close = resolve));
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: gateway.port,
    socket: {
      data: (_socket, bytes) => void (received = Buffer.concat([received, bytes])),
      close: () => close(),
      error: () => close(),
    },
  });
  const lines = [
    `GET ${path} HTTP/1.1`,
    "host: gateway",
    "connection: Upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  await until("a 101", () => received.includes("\r\n\r\n"));
  expect(received.toString("latin1")).toContain("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
  received = received.subarray(received.indexOf("\r\n\r\n") + 4);
  return { write: (bytes) => void socket.write(bytes), received: () => received, closed, end: () => void socket.end() };
}

const fromClient = (code: number, payload: Buffer | string) =>
  writeFrame({ opcode: code, payload: Buffer.from(payload), isMasked: true });
const fromServer = (code: number, payload: Buffer | string) =>
  writeFrame({ opcode: code, payload: Buffer.from(payload), isMasked: false });

test("frames reach the provider byte for byte, masks and pings included, and what came with the handshake is not lost", async () => {
  await start(switching(fromServer(opcode.text, "hello")));
  const client = await openByHand();
  await until("a hello", () => client.received().length === 7);
  const frames = [
    fromClient(opcode.ping, "?"),
    fromClient(opcode.text, "one"),
    fromClient(opcode.binary, Buffer.alloc(300)),
  ];
  const sent = Buffer.concat(frames);
  for (const byte of sent) client.write(Buffer.from([byte]));
  const [connection] = upstream.connections;
  await until("all frames", () => connection?.received.length === sent.length);
  expect(Buffer.from(connection?.received ?? "", "latin1").equals(sent)).toBe(true);
  client.end();
});

test.each([
  ["no mask", fromServer(opcode.text, "x")],
  ["an unknown opcode", Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
  ["HTTP", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  ["a close code that may not be sent", fromClient(opcode.close, Buffer.from([3, 237]))],
])(
  "a client that sends rubbish (%s) gets 1002, the provider 1011, and nothing of it passes",
  async (_name, rubbish) => {
    await start(switching());
    const client = await openByHand();
    const good = fromClient(opcode.text, "good");
    client.write(Buffer.concat([good, rubbish, good]));
    await client.closed;
    expect(client.received()[0]).toBe(0x88);
    expect(client.received().readUInt16BE(2)).toBe(1002);
    const received = Buffer.from(upstream.connections[0]?.received ?? "", "latin1");
    expect(received.subarray(0, good.length).equals(good)).toBe(true);
    const close = received.subarray(good.length);
    expect(close[0]).toBe(0x88);
    applyMask(close.subarray(6), Buffer.from(close.subarray(2, 6)));
    expect(close.readUInt16BE(6)).toBe(1011);
    await until("a record", () => gateway.recordCount() === 1);
    expect(gateway.records()[0]).toMatchObject({ outcome: "client_aborted", cause: "malformed_frames" });
  },
);

test("a provider that sends rubbish gets 1002, the client 1014", async () => {
  await start(switching(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0])));
  const client = await openSocket(gateway.url, path);
  expect((await client.closed).code).toBe(1014);
  await until("a record", () => gateway.recordCount() === 1);
  expect(gateway.records()[0]).toMatchObject({ outcome: "upstream_broken", cause: "malformed_frames" });
});

test("a provider that dies inside a frame cuts the client off: no close frame can stand there", async () => {
  await start(switching(fromServer(opcode.text, "a whole text").subarray(0, 6)));
  const client = await openByHand();
  await until("the beginning", () => client.received().length === 6);
  upstream.connections[0]?.close();
  await client.closed;
  expect(client.received().length).toBe(6);
});

test("a provider that dies between the fragments of a message still lets the client be told", async () => {
  await start(switching(Buffer.from([0x01, 1, 0x61])));
  const client = await openByHand();
  await until("the fragment", () => client.received().length === 3);
  upstream.connections[0]?.close();
  await until("a close frame", () => client.received().length > 5);
  expect(client.received()[3]).toBe(0x88);
  expect(client.received().readUInt16BE(5)).toBe(1014);
  client.end();
});

test.each([
  ["a wrong accept key", { "sec-websocket-accept": "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" }],
  ["an extension that was not offered", { "sec-websocket-extensions": "permessage-deflate" }],
  ["a subprotocol that was not offered", { "sec-websocket-protocol": "other" }],
  ["another protocol", { upgrade: "h2c" }],
])("a provider that switches with %s is not believed", async (_name, changes) => {
  await start({
    data: (connection) => hasHead(connection) && connection.write(switchHead(connection.received, changes)),
  });
  const refused = await openSocket(gateway.url, path).then(
    () => "open",
    () => "refused",
  );
  expect(refused).toBe("refused");
  expect(gateway.records()[0]).toMatchObject({
    requestType: "websocket",
    outcome: "upstream_failed",
    cause: "malformed_answer",
    errorCode: 2005,
  });
  await until("the connection is cut", () => upstream.connections[0]?.isClosed === true);
});

test("a provider that cannot be reached, or says nothing, is told as for requests", async () => {
  await start({}, { timeouts: { first_byte_ms: 100 } });
  await openSocket(gateway.url, path).catch(() => {});
  expect(gateway.records()[0]).toMatchObject({ outcome: "timeout", cause: "first_byte_timeout", statusCode: 504 });
});

test("tries are repeated as for requests", async () => {
  let calls = 0;
  await start({
    data(connection) {
      if (!hasHead(connection) || !connection.received.startsWith("GET")) return;
      calls += 1;
      if (calls === 1) connection.write("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n");
      else connection.write(switchHead(connection.received));
      connection.received = "";
    },
  });
  const headers = { "cf-aig-max-attempts": "2", "cf-aig-retry-delay": "1" };
  const client = await openSocket(gateway.url, path, { headers });
  client.cut();
  await until("two records", () => gateway.recordCount() === 2);
  expect(gateway.records().map(({ statusCode }) => statusCode)).toEqual([503, 101]);
});

const POURED_BYTES = 256 * 1024 * 1024;
const BOUND_BYTES = 64 * 1024 * 1024;

test("a client that does not read stops the provider within bounded memory", async () => {
  let takenBytes = 0;
  const frame = fromServer(opcode.binary, Buffer.alloc(64 * 1024));
  await start({
    data(connection) {
      if (!hasHead(connection) || !connection.received.startsWith("GET")) return;
      connection.write(switchHead(connection.received));
      connection.received = "";
      void (async () => {
        while (takenBytes < POURED_BYTES && !connection.isClosed)
          takenBytes += await connection.pour(frame, frame.length);
      })();
    },
  });
  const before = residentBytes();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: gateway.port,
    socket: { data: (slow) => void slow.pause() },
  });
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  await until("a first piece", () => takenBytes > 0);
  await Bun.sleep(300);
  const stalledAt = takenBytes;
  await Bun.sleep(300);
  expect(takenBytes).toBe(stalledAt);
  expect(takenBytes).toBeLessThan(BOUND_BYTES);
  expect(residentBytes() - before).toBeLessThan(BOUND_BYTES);
  socket.terminate();
  await until("a record", () => gateway.recordCount() === 1);
});

test("a provider that does not read stops the client, and everything arrives once it reads", async () => {
  let open = (): void => {};
  let sizeBytes = 0;
  const listener = Bun.listen<{ head: string; isOpen: boolean }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (socket) => void (socket.data = { head: "", isOpen: false }),
      data(socket, bytes) {
        if (socket.data.isOpen) {
          sizeBytes += bytes.length;
          return;
        }
        socket.data.head += bytes.toString("latin1");
        if (!socket.data.head.includes("\r\n\r\n")) return;
        socket.data.isOpen = true;
        socket.write(switchHead(socket.data.head));
        socket.pause();
        open = () => socket.resume();
      },
    },
  });
  await start({}, { providers: { "custom-raw": { base_url: `http://127.0.0.1:${listener.port}`, dialect: null } } });
  const client = await openSocket(gateway.url, path);
  const before = residentBytes();
  for (let index = 0; index < 64; index += 1) client.send(Buffer.alloc(1024 * 1024));
  await Bun.sleep(300);
  // What the client has sent and nobody took waits in the client, which is this process too.
  expect(residentBytes() - before).toBeLessThan(2.5 * BOUND_BYTES);
  expect(sizeBytes).toBe(0);
  open();
  await until("everything", () => sizeBytes === 64 * (1024 * 1024 + 14), 8000);
  client.cut();
  listener.stop(true);
});
