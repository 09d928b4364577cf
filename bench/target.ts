import type { BenchContext } from "./bench-context.ts";
import { openLoadConnection } from "./load-connection.ts";
import { askOnce } from "./load-once.ts";
import { chatBody, jsonModel } from "./payloads.ts";
import { connectionHolders } from "./process-table.ts";
import { startProcess } from "./started-process.ts";
import type { StartedProcess, StartOptions } from "./started-process.ts";

/** Something a chat request can be sent to. */
export interface Target {
  readonly name: "headgate" | "headgate-full" | "headgate-two" | "nginx" | "portkey" | "direct" | "bun-serve";
  /** Makes it ready to start. @returns why it cannot take part, or null. */
  prepare(context: BenchContext): Promise<string | null>;
  start(context: BenchContext): Promise<RunningTarget>;
}

/** A target that answers requests. */
export interface RunningTarget {
  readonly name: Target["name"];
  readonly port: number;
  /**
   * A whole POST of a chat body, as it goes on the wire to this target.
   * @param path in place of that of its chat endpoint.
   */
  request(body: string, path?: string): Buffer;
  /** The processes that relay requests. */
  readonly workerIds: readonly number[];
  /** Its other processes: masters, supervisors, control. */
  readonly restIds: readonly number[];
  /** Where it keeps its records; null when it keeps none. */
  readonly dataDirectory: string | null;
  /** From the start of its process to the first answered request. */
  readonly startMs: number;
  stop(): Promise<void>;
}

/** How to start a target. */
export interface LaunchPlan {
  readonly name: Target["name"];
  readonly port: number;
  readonly path: string;
  /** Field lines beyond the usual ones; null leaves a usual one out. */
  readonly headers: Readonly<Record<string, string | null>>;
  readonly dataDirectory: string | null;
  /** So many processes relay requests, and all of them are waited for; any number when absent. */
  readonly workers?: number;
  readonly process: StartOptions;
}

const launchTimeoutMs = 30_000;
const pollMs = 2;
const askTimeoutMs = 2000;
const workersTimeoutMs = 5000;

/** Starts a target and waits for its first answer through to the upstream. Rejects with its output when none comes. */
export async function launch(context: BenchContext, plan: LaunchPlan): Promise<RunningTarget> {
  const startedAtMs = performance.now();
  const started = startProcess(context.ledger, plan.process);
  const request = (body: string, path = plan.path) => httpRequest({ ...plan, path }, body);
  const firstRequest = request(chatBody(jsonModel, false));
  try {
    let statusCode = 0;
    while (statusCode !== 200) {
      if (started.treeIds().length === 0 || performance.now() - startedAtMs > launchTimeoutMs) {
        throw new Error(`${plan.name} gave no answer (last status ${statusCode}): ${started.output().trim()}`);
      }
      await Bun.sleep(pollMs);
      statusCode = await askOnce(plan.port, firstRequest, askTimeoutMs);
    }
    const startMs = performance.now() - startedAtMs;
    const workerIds = await waitForWorkers(started, { port: plan.port, request: firstRequest }, plan.workers ?? 1);
    const treeIds = started.treeIds();
    const restIds = treeIds.filter((processId) => !workerIds.includes(processId));
    const { name, port, dataDirectory } = plan;
    return { name, port, request, workerIds, restIds, dataDirectory, startMs, stop: started.stop };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

/** A loopback port that nobody listens on at this moment. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
  listener.stop(true);
  return listener.port;
}

/** The POST of a body under the path and with the headers of a target. */
export function httpRequest(plan: Pick<LaunchPlan, "port" | "path" | "headers">, body: string): Buffer {
  const fields = {
    host: `127.0.0.1:${plan.port}`,
    "user-agent": "headgate-bench/1",
    accept: "application/json",
    "content-type": "application/json",
    authorization: "Bearer sk-benchmark-0000000000000000000000000000",
    ...plan.headers,
    "content-length": String(Buffer.byteLength(body)),
  };
  const sent = Object.entries(fields).filter(([, value]) => value !== null);
  const lines = sent.map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${plan.path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}

interface Search {
  readonly port: number;
  readonly request: Buffer;
}

/** Workers begin to listen one by one, and the first of them may have answered alone. */
async function waitForWorkers(started: StartedProcess, search: Search, least: number): Promise<number[]> {
  const deadlineMs = performance.now() + workersTimeoutMs;
  for (;;) {
    const found = await findWorkers(started.treeIds(), search);
    if (found.length >= least) return found;
    if (performance.now() > deadlineMs)
      throw new Error(`${found.length} of the target's processes hold its connections, expected ${least}`);
    await Bun.sleep(pollMs);
  }
}

/** A worker is a process that holds a connection of ours; a few connections find all of a small number of workers. */
async function findWorkers(treeIds: readonly number[], { port, request }: Search): Promise<number[]> {
  const answered: Promise<void>[] = [];
  const connections = await Promise.all(
    Array.from({ length: 16 }, async () => {
      const end = Promise.withResolvers<void>();
      answered.push(end.promise);
      const connection = await openLoadConnection(port, { end: () => end.resolve(), closed: () => end.resolve() });
      connection.send(request);
      return connection;
    }),
  );
  await Promise.all(answered);
  const holders = connectionHolders(treeIds, port);
  for (const connection of connections) connection.drop();
  return holders;
}
