import type { Figures } from "./figures.ts";
import { runClosedLoad } from "./load-closed.ts";
import { openLoadConnection } from "./load-connection.ts";
import type { LoadConnection } from "./load-connection.ts";
import { chatBody, jsonModel } from "./payloads.ts";
import { proportionalBytesOf, residentBytesOf } from "./process-table.ts";
import { socketPath } from "./target-headgate.ts";
import type { RunningTarget } from "./target.ts";
import type { Bench, Workload } from "./workload.ts";
import { measureRounds, resultOf } from "./workload.ts";

const maxWaitMs = 10_000;
const warmUpRequests = 500;
/** Sockets opened at a time. */
const batch = 50;

/** Memory while many WebSocket sessions are open in which nothing is said. */
export const socketsWorkload: Workload = {
  name: "sockets",
  title: "Memory with idle sockets",
  describe: ({ openSockets }) =>
    `${openSockets} realtime WebSocket sessions open at once through the gateway to the upstream, two connections each, silent; resident memory of the worker with them less that before them, after ${warmUpRequests} JSON requests. In later rounds the process has held as many before.`,
  run: async (bench) => {
    const targets = bench.targets.filter(({ name }) => name === "headgate");
    return resultOf(await measureRounds({ ...bench, targets }, (target) => measureSockets(bench, target)));
  },
};

async function measureSockets({ scale }: Bench, target: RunningTarget): Promise<Figures> {
  const warmUp = { port: target.port, request: target.request(chatBody(jsonModel, false)), connections: 8 };
  await runClosedLoad({ ...warmUp, durationMs: maxWaitMs, maxRequests: warmUpRequests });
  await Bun.sleep(scale.warmUpMs);
  const idleRssBytes = residentBytesOf(target.workerIds);
  const sockets = { open: 0, failures: 0, connections: new Set<LoadConnection>() };
  try {
    while (sockets.connections.size < scale.openSockets) {
      await Promise.all(Array.from({ length: batch }, () => openOne(target.port, sockets)));
    }
    const deadlineMs = performance.now() + maxWaitMs;
    while (sockets.open < scale.openSockets && performance.now() < deadlineMs) await Bun.sleep(20);
    await Bun.sleep(scale.warmUpMs);
    const workerRssBytes = residentBytesOf(target.workerIds);
    return {
      openSockets: sockets.open,
      socketsRssBytes: workerRssBytes - idleRssBytes,
      workerRssBytes,
      workerPssBytes: proportionalBytesOf(target.workerIds),
      idleRssBytes,
      failures: sockets.failures,
    };
  } finally {
    for (const connection of sockets.connections) connection.drop();
    await Bun.sleep(scale.warmUpMs);
  }
}

async function openOne(
  port: number,
  sockets: { open: number; failures: number; readonly connections: Set<LoadConnection> },
): Promise<void> {
  const connection = await openLoadConnection(port, {
    head(statusCode) {
      if (statusCode === 101) sockets.open++;
      else sockets.failures++;
    },
    end: () => {},
    closed: () => {},
  });
  sockets.connections.add(connection);
  connection.send(handshake);
}

const handshake = Buffer.from(
  [
    `GET ${socketPath}?model=gpt-realtime HTTP/1.1`,
    "host: 127.0.0.1",
    "user-agent: headgate-bench/1",
    "authorization: Bearer sk-benchmark-0000000000000000000000000000",
    "connection: Upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-extensions: permessage-deflate; client_max_window_bits",
    "\r\n",
  ].join("\r\n"),
);
