import { openLoadConnection } from "./load-connection.ts";
import type { LoadConnection, LoadRequest } from "./load-connection.ts";
import { sharedClockUs, stampDigits, stampPrefix } from "./payloads.ts";

/** Many streams at once; a connection whose stream has ended begins the next one. */
export interface StreamLoad {
  readonly port: number;
  readonly request: LoadRequest;
  readonly streams: number;
  /** Time over which the first streams are begun, so that their events do not all fall on the same millisecond. */
  readonly rampMs: number;
}

/** Streams that are running; the numbers grow until `stop`. */
export interface RunningStreams {
  readonly counts: Readonly<StreamCounts>;
  /** Time from the upstream's writing of an event to its arrival here, in microseconds, of every sixteenth event. */
  takeDelaysUs(): number[];
  stop(): void;
}

interface StreamCounts {
  events: number;
  /** Streams whose first byte is here and whose end is not. */
  open: number;
  finished: number;
  failures: number;
}

interface Load {
  readonly plan: StreamLoad;
  readonly counts: StreamCounts;
  readonly connections: Set<LoadConnection>;
  delaysUs: number[];
  isOver: boolean;
}

const sampledEvery = 16;
const eventEnd = "\n\n";
const newline = 10;

/** Begins the streams, spread over the ramp; resolves when all have been asked for. Rejects when a connection is refused. */
export async function startStreams(plan: StreamLoad): Promise<RunningStreams> {
  const counts: StreamCounts = { events: 0, open: 0, finished: 0, failures: 0 };
  const load: Load = { plan, counts, connections: new Set(), delaysUs: [], isOver: false };
  const stop = () => {
    load.isOver = true;
    for (const connection of load.connections) connection.drop();
  };
  const startedAtMs = performance.now();
  try {
    for (let index = 0; index < plan.streams; index++) {
      const dueMs = startedAtMs + (plan.rampMs * index) / plan.streams;
      if (dueMs > performance.now()) await Bun.sleep(dueMs - performance.now());
      await openStream(load);
    }
  } catch (error) {
    stop();
    throw error;
  }
  const takeDelaysUs = () => load.delaysUs.splice(0);
  return { counts, takeDelaysUs, stop };
}

async function openStream(load: Load): Promise<void> {
  const { plan, counts } = load;
  let isOpen = false;
  let endedWithNewline = false;
  const connection = await openLoadConnection(plan.port, {
    head() {
      isOpen = true;
      counts.open++;
    },
    body(bytes) {
      if (load.isOver) return;
      const events = countEvents(bytes, endedWithNewline);
      endedWithNewline = bytes.at(-1) === newline && !(bytes.length > 1 && bytes.at(-2) === newline);
      if (Math.floor((counts.events + events) / sampledEvery) > Math.floor(counts.events / sampledEvery)) {
        takeDelay(load, bytes);
      }
      counts.events += events;
    },
    end(statusCode) {
      isOpen = false;
      counts.open--;
      if (load.isOver) return;
      if (statusCode === 200) counts.finished++;
      else counts.failures++;
      connection.send(plan.request);
    },
    closed() {
      load.connections.delete(connection);
      if (isOpen) counts.open--;
      if (!load.isOver) counts.failures++;
    },
  });
  load.connections.add(connection);
  connection.send(plan.request);
}

function countEvents(bytes: Buffer, endedWithNewline: boolean): number {
  let events = endedWithNewline && bytes[0] === newline ? 1 : 0;
  let end = bytes.indexOf(eventEnd, events);
  while (end !== -1) {
    events++;
    end = bytes.indexOf(eventEnd, end + 2);
  }
  return events;
}

function takeDelay(load: Load, bytes: Buffer): void {
  const stampAt = bytes.indexOf(stampPrefix);
  if (stampAt === -1) return;
  const start = stampAt + stampPrefix.length;
  const sentAtUs = Number(bytes.toString("latin1", start, start + stampDigits));
  if (Number.isFinite(sentAtUs)) load.delaysUs.push(sharedClockUs() - sentAtUs);
}
