import { openLoadConnection } from "./load-connection.ts";
import type { LoadConnection, LoadRequest } from "./load-connection.ts";

/** An open loop: requests leave at their times, whether or not earlier ones are answered. */
export interface OpenLoad {
  readonly port: number;
  readonly request: LoadRequest;
  readonly requestsPerSecond: number;
  readonly durationMs: number;
}

/** What an open loop came to; latencies from the sending of a request, waiting for a connection included. */
export interface OpenOutcome {
  readonly requests: number;
  readonly failures: number;
  /** To the first byte of the answer's body. */
  readonly firstBytesMs: readonly number[];
  /** To the end of the answer. */
  readonly latenciesMs: readonly number[];
}

interface Loop {
  readonly load: OpenLoad;
  readonly idle: Client[];
  readonly clients: Set<Client>;
  /** Times of requests that wait for a connection. */
  readonly waiting: number[];
  readonly firstBytesMs: number[];
  readonly latenciesMs: number[];
  opening: number;
  failures: number;
  isOver: boolean;
}

interface Client {
  connection: LoadConnection | null;
  sentAtMs: number;
  isBusy: boolean;
  hasFirstByte: boolean;
}

const maxConnections = 256;
const firstConnections = 8;

/** How long answers may take after the last request has left. */
const graceMs = 2000;

/** Runs an open loop to its end. What is unanswered two seconds after the last request counts as failed. */
export async function runOpenLoad(load: OpenLoad): Promise<OpenOutcome> {
  const loop: Loop = {
    load,
    idle: [],
    clients: new Set(),
    waiting: [],
    firstBytesMs: [],
    latenciesMs: [],
    opening: 0,
    failures: 0,
    isOver: false,
  };
  try {
    await Promise.all(Array.from({ length: firstConnections }, () => openClient(loop)));
    await sendOnTime(loop);
    const deadlineMs = performance.now() + graceMs;
    while (isUnderWay(loop) && performance.now() < deadlineMs) await Bun.sleep(5);
    loop.failures += loop.waiting.length + busyCount(loop);
  } finally {
    loop.isOver = true;
    for (const { connection } of loop.clients) connection?.drop();
  }
  const { failures, firstBytesMs, latenciesMs } = loop;
  return { requests: latenciesMs.length, failures, firstBytesMs, latenciesMs };
}

/** Requests leave on the millisecond their time falls in, so that no timer's lateness is booked on the target. */
async function sendOnTime(loop: Loop): Promise<void> {
  const { durationMs, requestsPerSecond } = loop.load;
  const startedAtMs = performance.now();
  const total = Math.floor((durationMs * requestsPerSecond) / 1000);
  let sent = 0;
  while (sent < total) {
    await Bun.sleep(1);
    const nowMs = performance.now();
    const due = Math.min(total, Math.floor(((nowMs - startedAtMs) * requestsPerSecond) / 1000));
    for (; sent < due; sent++) dispatch(loop, performance.now());
  }
}

function dispatch(loop: Loop, sentAtMs: number): void {
  const client = loop.idle.pop();
  if (client !== undefined) {
    sendOn(loop, client, sentAtMs);
    return;
  }
  loop.waiting.push(sentAtMs);
  if (loop.clients.size + loop.opening < maxConnections) openClient(loop).catch(() => loop.failures++);
}

function sendOn(loop: Loop, client: Client, sentAtMs: number): void {
  client.isBusy = true;
  client.hasFirstByte = false;
  client.sentAtMs = sentAtMs;
  client.connection?.send(loop.load.request);
}

async function openClient(loop: Loop): Promise<void> {
  const client: Client = { connection: null, sentAtMs: 0, isBusy: false, hasFirstByte: false };
  loop.opening++;
  try {
    client.connection = await openLoadConnection(loop.load.port, {
      body() {
        if (client.hasFirstByte) return;
        client.hasFirstByte = true;
        loop.firstBytesMs.push(performance.now() - client.sentAtMs);
      },
      end(statusCode) {
        if (statusCode === 200) loop.latenciesMs.push(performance.now() - client.sentAtMs);
        else loop.failures++;
        makeIdle(loop, client);
      },
      closed() {
        loop.clients.delete(client);
        const index = loop.idle.indexOf(client);
        if (index !== -1) loop.idle.splice(index, 1);
        if (client.isBusy && !loop.isOver) loop.failures++;
      },
    });
  } finally {
    loop.opening--;
  }
  loop.clients.add(client);
  makeIdle(loop, client);
}

function makeIdle(loop: Loop, client: Client): void {
  client.isBusy = false;
  const waitingSinceMs = loop.waiting.shift();
  if (waitingSinceMs === undefined) loop.idle.push(client);
  else sendOn(loop, client, waitingSinceMs);
}

function isUnderWay(loop: Loop): boolean {
  return loop.waiting.length > 0 || busyCount(loop) > 0;
}

function busyCount(loop: Loop): number {
  let busy = 0;
  for (const client of loop.clients) if (client.isBusy) busy++;
  return busy;
}
