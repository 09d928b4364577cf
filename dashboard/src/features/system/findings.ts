import type { SystemState } from "../../api/generated/operations.ts";
import { formatBytes, formatCount, formatDuration, formatTime } from "../../lib/format.ts";
import type { Readiness } from "./readiness.ts";

/** One thing about the installation, in words. */
export interface Finding {
  readonly kind: "good" | "warn" | "bad";
  readonly title: string;
  readonly text: string;
}

const LATE_MS = 10_000;

/** What `/readyz` says, in words. */
export function readinessFindings({ status, checks }: Readiness): Finding[] {
  const { control, worker, configuration } = checks;
  return [
    {
      kind: status === "ready" && control === "ok" ? "good" : "bad",
      title: "Processes",
      text:
        control === "ok"
          ? "The worker that answered and the control process are well."
          : `The worker answers; ${control ?? "of the control process nothing is known"}. Requests go on; pages and logs wait.`,
    },
    ...(configuration === undefined
      ? []
      : [
          {
            kind: "good" as const,
            title: "Settings",
            text: `Version ${configuration.version} is in force: ${formatCount(configuration.accounts)} accounts with ${formatCount(configuration.gateways)} gateways.`,
          },
        ]),
    ...(worker === undefined ? [] : [drops("Records of requests", worker.dropped_records, worker.dropped_bodies)]),
  ];
}

/** What the state of the workers says, in words. */
export function workerFindings({ version, workers, workersWanted }: SystemState): Finding[] {
  const missing = workersWanted - workers.length;
  return [
    { kind: "good", title: "Version", text: `Headgate ${version}.` },
    ...(missing <= 0
      ? []
      : [
          {
            kind: "bad" as const,
            title: "Workers",
            text: `${formatCount(missing)} of ${formatCount(workersWanted)} workers told nothing for five seconds. One that died is started again by itself; the process log tells why.`,
          },
        ]),
    ...workers.map(({ name, pid, startedAt, connections, refusedConnections, restingKeys }): Finding => {
      const resting = restingKeys === 0 ? "" : ` ${formatCount(restingKeys)} stored keys rest.`;
      const refused =
        refusedConnections === 0
          ? ""
          : ` ${formatCount(refusedConnections)} were turned away: raise the limit of open files, or add workers.`;
      return {
        kind: refusedConnections === 0 ? "good" : "warn",
        title: `Worker ${name}`,
        text: `Process ${pid}, since ${formatTime(startedAt)}; ${formatCount(connections)} open connections.${refused}${resting}`,
      };
    }),
  ];
}

/** What the state of records says, in words. */
export function systemFindings({ journal, ledger, exporters, logpush, billing }: SystemState): Finding[] {
  return [
    {
      kind: ledger.isStoreAvailable ? "good" : "bad",
      title: "Log store",
      text: ledger.isStoreAvailable
        ? `It takes logs: ${formatCount(ledger.stored)} stored since the start.`
        : `It does not take logs${ledger.lastError === null ? "" : `: ${ledger.lastError}`}. Records wait in the journal; nothing is lost until that is full.`,
    },
    {
      kind: ledger.lagMs > LATE_MS ? "warn" : "good",
      title: "Delay of logs",
      text:
        ledger.lagMs > LATE_MS
          ? `Logs are ${formatDuration(ledger.lagMs)} behind; ${formatBytes(ledger.queuedBytes)} wait.`
          : "Requests are in the logs within seconds.",
    },
    drops(`Journal (${formatBytes(journal.sizeBytes)})`, journal.droppedRecords, journal.droppedBodies),
    ...lostFindings(ledger),
    ...exporters.map((exporter): Finding => {
      const dropped = Object.values(exporter.droppedSpans).reduce((sum, each) => sum + each, 0);
      const isAway = exporter.breaker !== "closed";
      return {
        kind: isAway || dropped > 0 ? "warn" : "good",
        title: `Collector ${exporter.name}`,
        text: `${isAway ? "It does not answer and is tried now and then. " : ""}${formatCount(exporter.sentSpans)} spans sent, ${formatCount(exporter.queuedSpans)} wait, ${formatCount(dropped)} dropped, ${formatCount(exporter.failedRequests)} requests failed.`,
      };
    }),
    ...logpush.map((target): Finding => ({
      kind: target.droppedRecords > 0 || target.failedDeliveries > 0 ? "warn" : "good",
      title: `Logpush ${target.name}`,
      text: `${formatCount(target.deliveredRecords)} logs delivered, ${formatBytes(target.waitingBytes)} wait, ${formatCount(target.droppedRecords)} dropped, ${formatCount(target.failedDeliveries)} deliveries failed.`,
    })),
    ...billing.map((gateway): Finding => {
      const lost = Object.values(gateway.lostEvents).reduce((sum, each) => sum + each, 0);
      const isHeldUp = gateway.failedTries > 0 && gateway.waitingBytes > 0;
      return {
        kind: lost > 0 ? "bad" : isHeldUp ? "warn" : "good",
        title: `Billing of ${gateway.name}`,
        text: `${formatCount(gateway.deliveredEvents)} usage events delivered, ${formatBytes(gateway.waitingBytes)} wait, ${formatCount(lost)} lost, ${formatCount(gateway.failedTries)} tries failed.`,
      };
    }),
  ];
}

function drops(title: string, records: number, bodies: number): Finding {
  if (records === 0 && bodies === 0) return { kind: "good", title, text: "Nothing was dropped." };
  return {
    kind: records > 0 ? "bad" : "warn",
    title,
    text: `Dropped since the start: ${formatCount(records)} records and ${formatCount(bodies)} bodies. The disk was full or too slow: make room, or shorten how long logs are kept.`,
  };
}

function lostFindings({ quarantined, lostSegments, refused }: SystemState["ledger"]): Finding[] {
  if (quarantined === 0 && lostSegments === 0 && refused === 0) return [];
  return [
    {
      kind: "bad",
      title: "Damaged records",
      text: `${formatCount(quarantined)} pieces of the journal could not be read and were put aside, ${formatCount(lostSegments)} were lost, and ${formatCount(refused)} records were refused by the store.`,
    },
  ];
}
