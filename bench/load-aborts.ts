import { openLoadConnection } from "./load-connection.ts";
import type { LoadConnection } from "./load-connection.ts";

/** Streams that are broken off by the client after their first event. */
export interface AbortLoad {
  readonly port: number;
  readonly request: Buffer;
  readonly aborts: number;
  readonly concurrency: number;
  /** Ends after this time even when fewer were broken off. */
  readonly durationMs: number;
  readonly onProgress?: (aborts: number) => void;
}

/** What came of it. */
export interface AbortOutcome {
  readonly aborted: number;
  /** Streams that ended or failed before they could be broken off. */
  readonly failures: number;
}

const progressEvery = 100;
const firstEventTimeoutMs = 5000;

/** Begins streams, each on a connection of its own, and drops every one as soon as its first event is here. */
export async function runAbortLoad(load: AbortLoad): Promise<AbortOutcome> {
  const deadlineMs = performance.now() + load.durationMs;
  let begun = 0;
  let aborted = 0;
  let failures = 0;
  const client = async () => {
    while (begun < load.aborts && performance.now() < deadlineMs) {
      begun++;
      if (await abortOneStream(load)) aborted++;
      else failures++;
      if (aborted % progressEvery === 0) load.onProgress?.(aborted);
    }
  };
  await Promise.all(Array.from({ length: load.concurrency }, client));
  return { aborted, failures };
}

async function abortOneStream(load: AbortLoad): Promise<boolean> {
  const first = Promise.withResolvers<boolean>();
  const timeout = setTimeout(() => first.resolve(false), firstEventTimeoutMs);
  let connection: LoadConnection | null = null;
  try {
    connection = await openLoadConnection(load.port, {
      body: () => first.resolve(true),
      end: () => first.resolve(false),
      closed: () => first.resolve(false),
    });
    connection.send(load.request);
    return await first.promise;
  } catch {
    return false;
  } finally {
    clearTimeout(timeout);
    connection?.drop();
  }
}
