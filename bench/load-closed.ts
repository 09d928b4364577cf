import { openLoadConnection } from "./load-connection.ts";
import type { LoadConnection, LoadRequest } from "./load-connection.ts";

/** A closed loop: each connection sends its next request when the answer to the last one is here. */
export interface ClosedLoad {
  readonly port: number;
  /** The whole request as it goes on the wire. */
  readonly request: LoadRequest;
  readonly connections: number;
  /** Ends after this time. */
  readonly durationMs: number;
  /** Ends after this many answers, if that comes first. */
  readonly maxRequests?: number;
  /** Called now and then with the number of answers so far. */
  readonly onProgress?: (requests: number) => void;
}

/** What a load came to. */
export interface LoadOutcome {
  /** Answers with status 200 that came whole. */
  readonly requests: number;
  /** Other statuses and broken connections. */
  readonly failures: number;
  readonly durationMs: number;
  /** From sending a request to the end of its answer, of the good ones, in no order. */
  readonly latenciesMs: readonly number[];
}

interface Loop {
  readonly load: ClosedLoad;
  readonly connections: Set<LoadConnection>;
  readonly latenciesMs: number[];
  failures: number;
  isOver: boolean;
  finish(): void;
}

const progressIntervalMs = 100;

/** More broken connections than this end a load: the target is not there any more. */
const maxFailures = 1000;

/** Runs a closed loop to its end; never takes longer than its time. Rejects when the target refuses connections. */
export async function runClosedLoad(load: ClosedLoad): Promise<LoadOutcome> {
  const over = Promise.withResolvers<void>();
  const loop: Loop = {
    load,
    connections: new Set(),
    latenciesMs: [],
    failures: 0,
    isOver: false,
    finish: over.resolve,
  };
  const startedAtMs = performance.now();
  const timeout = setTimeout(over.resolve, load.durationMs);
  const progress = setInterval(() => load.onProgress?.(loop.latenciesMs.length), progressIntervalMs);
  try {
    await Promise.all(Array.from({ length: load.connections }, () => openClient(loop)));
    await over.promise;
    const durationMs = performance.now() - startedAtMs;
    return { requests: loop.latenciesMs.length, failures: loop.failures, durationMs, latenciesMs: loop.latenciesMs };
  } finally {
    loop.isOver = true;
    clearTimeout(timeout);
    clearInterval(progress);
    for (const connection of loop.connections) connection.drop();
  }
}

async function openClient(loop: Loop): Promise<void> {
  const { load } = loop;
  let sentAtMs = 0;
  const sendNext = () => {
    if (loop.isOver) return;
    sentAtMs = performance.now();
    connection.send(load.request);
  };
  const connection = await openLoadConnection(load.port, {
    end(statusCode) {
      if (loop.isOver) return;
      if (statusCode === 200) loop.latenciesMs.push(performance.now() - sentAtMs);
      else fail(loop);
      if (loop.latenciesMs.length === load.maxRequests) loop.finish();
      else sendNext();
    },
    closed() {
      loop.connections.delete(connection);
      if (loop.isOver) return;
      fail(loop);
      openClient(loop).catch(() => fail(loop));
    },
  });
  loop.connections.add(connection);
  sendNext();
}

function fail(loop: Loop): void {
  loop.failures++;
  if (loop.failures > maxFailures) loop.finish();
}
