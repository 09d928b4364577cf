import { Counter, Gauge, type Registry } from "prom-client";
import type { SystemState } from "./system-state.ts";

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface StateMetric {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly read: (state: SystemState) => readonly Sample[];
}

const single = (value: number): Sample[] => [{ labels: {}, value }];

const perExporter = (read: (exporter: SystemState["exporters"][number]) => number) => (state: SystemState) =>
  state.exporters.map((exporter) => ({ labels: { exporter: exporter.name }, value: read(exporter) }));

const perTarget = (read: (target: SystemState["logpush"][number]) => number) => (state: SystemState) =>
  state.logpush.map((target) => ({ labels: { target: target.name }, value: read(target) }));

const perGateway = (read: (gateway: SystemState["billing"][number]) => number) => (state: SystemState) =>
  state.billing.map((gateway) => ({ labels: { gateway: gateway.name }, value: read(gateway) }));

const perWorker = (read: (worker: SystemState["workers"][number]) => number) => (state: SystemState) =>
  state.workers.map((worker) => ({ labels: { worker: worker.name }, value: read(worker) }));

const stateMetrics: readonly StateMetric[] = [
  {
    name: "headgate_worker_connections",
    type: "gauge",
    help: "Connections of clients that are open.",
    labelNames: ["worker"],
    read: perWorker(({ connections }) => connections),
  },
  {
    name: "headgate_worker_refused_connections_total",
    type: "counter",
    help: "Connections turned away because the limit of open files allows no more.",
    labelNames: ["worker"],
    read: perWorker(({ refusedConnections }) => refusedConnections),
  },
  {
    name: "headgate_journal_bytes",
    type: "gauge",
    help: "Size of the journal segments on disk.",
    labelNames: [],
    read: ({ journal }) => single(journal.sizeBytes),
  },
  {
    name: "headgate_journal_dropped_records_total",
    type: "counter",
    help: "Records lost because the journal could not be written.",
    labelNames: [],
    read: ({ journal }) => single(journal.droppedRecords),
  },
  {
    name: "headgate_journal_dropped_bodies_total",
    type: "counter",
    help: "Bodies left out because space ran short.",
    labelNames: [],
    read: ({ journal }) => single(journal.droppedBodies),
  },
  {
    name: "headgate_journal_lost_segments_total",
    type: "counter",
    help: "Segments deleted before they were read, because the journal reached its bound.",
    labelNames: [],
    read: ({ ledger }) => single(ledger.lostSegments),
  },
  {
    name: "headgate_ledger_stored_records_total",
    type: "counter",
    help: "Records taken from the journals into the log store.",
    labelNames: [],
    read: ({ ledger }) => single(ledger.stored),
  },
  {
    name: "headgate_ledger_unlogged_records_total",
    type: "counter",
    help: "Records counted and on purpose not kept as logs.",
    labelNames: [],
    read: ({ ledger }) => single(ledger.unlogged),
  },
  {
    name: "headgate_ledger_refused_records_total",
    type: "counter",
    help: "Records not kept as logs because their gateway was full.",
    labelNames: [],
    read: ({ ledger }) => single(ledger.refused),
  },
  {
    name: "headgate_events_total",
    type: "counter",
    help: "Events kept for operators, such as thresholds of budgets that were passed.",
    labelNames: [],
    read: ({ ledger }) => single(ledger.events),
  },
  {
    name: "headgate_ledger_quarantined_total",
    type: "counter",
    help: "Damaged parts of journals and foreign files that were moved aside.",
    labelNames: [],
    read: ({ ledger }) => single(ledger.quarantined),
  },
  {
    name: "headgate_ledger_pruned_rows_total",
    type: "counter",
    help: "Logs removed by retention.",
    labelNames: [],
    read: ({ ledger }) => single(ledger.prunedRows),
  },
  {
    name: "headgate_ledger_pruned_bodies_total",
    type: "counter",
    help: "Bodies removed by retention.",
    labelNames: [],
    read: ({ ledger }) => single(ledger.prunedBodies),
  },
  {
    name: "headgate_ledger_queued_bytes",
    type: "gauge",
    help: "Journal bytes that wait to be taken in.",
    labelNames: [],
    read: ({ ledger }) => single(ledger.queuedBytes),
  },
  {
    name: "headgate_ledger_lag_seconds",
    type: "gauge",
    help: "Age of the last record taken in while more wait.",
    labelNames: [],
    read: ({ ledger }) => single(ledger.lagMs / 1000),
  },
  {
    name: "headgate_log_store_available",
    type: "gauge",
    help: "1 while the log store takes records, 0 while it is away or full.",
    labelNames: [],
    read: ({ ledger }) => single(ledger.isStoreAvailable ? 1 : 0),
  },
  {
    name: "headgate_otlp_queued_spans",
    type: "gauge",
    help: "Spans that wait for a collector.",
    labelNames: ["exporter"],
    read: perExporter(({ queuedSpans }) => queuedSpans),
  },
  {
    name: "headgate_otlp_sent_spans_total",
    type: "counter",
    help: "Spans a collector took.",
    labelNames: ["exporter"],
    read: perExporter(({ sentSpans }) => sentSpans),
  },
  {
    name: "headgate_otlp_dropped_spans_total",
    type: "counter",
    help: "Spans no collector will see, by reason.",
    labelNames: ["exporter", "reason"],
    read: ({ exporters }) =>
      exporters.flatMap(({ name, droppedSpans }) =>
        Object.entries(droppedSpans).map(([reason, value]) => ({ labels: { exporter: name, reason }, value })),
      ),
  },
  {
    name: "headgate_otlp_failed_requests_total",
    type: "counter",
    help: "Requests a collector did not take.",
    labelNames: ["exporter"],
    read: perExporter(({ failedRequests }) => failedRequests),
  },
  {
    name: "headgate_otlp_breaker_open",
    type: "gauge",
    help: "1 while nothing is sent to a collector because it kept failing.",
    labelNames: ["exporter"],
    read: perExporter(({ breaker }) => (breaker === "closed" ? 0 : 1)),
  },
  {
    name: "headgate_logpush_waiting_bytes",
    type: "gauge",
    help: "Size of the records on disk that wait for delivery.",
    labelNames: ["target"],
    read: perTarget(({ waitingBytes }) => waitingBytes),
  },
  {
    name: "headgate_logpush_delivered_records_total",
    type: "counter",
    help: "Records delivered.",
    labelNames: ["target"],
    read: perTarget(({ deliveredRecords }) => deliveredRecords),
  },
  {
    name: "headgate_logpush_dropped_records_total",
    type: "counter",
    help: "Records that were given up because the space for waiting ones was full, or that could not be written.",
    labelNames: ["target"],
    read: perTarget(({ droppedRecords }) => droppedRecords),
  },
  {
    name: "headgate_logpush_failed_deliveries_total",
    type: "counter",
    help: "Deliveries that failed; each is tried again.",
    labelNames: ["target"],
    read: perTarget(({ failedDeliveries }) => failedDeliveries),
  },
  {
    name: "headgate_billing_waiting_bytes",
    type: "gauge",
    help: "Size of the usage events on disk that wait for the billing service.",
    labelNames: ["gateway"],
    read: perGateway(({ waitingBytes }) => waitingBytes),
  },
  {
    name: "headgate_billing_delivered_events_total",
    type: "counter",
    help: "Usage events that the billing service took.",
    labelNames: ["gateway"],
    read: perGateway(({ deliveredEvents }) => deliveredEvents),
  },
  {
    name: "headgate_billing_lost_events_total",
    type: "counter",
    help: "Usage events that will not arrive, by reason.",
    labelNames: ["gateway", "reason"],
    read: ({ billing }) =>
      billing.flatMap(({ name, lostEvents }) =>
        Object.entries(lostEvents).map(([reason, value]) => ({ labels: { gateway: name, reason }, value })),
      ),
  },
  {
    name: "headgate_billing_failed_tries_total",
    type: "counter",
    help: "Tries to deliver usage events that failed; they go on waiting.",
    labelNames: ["gateway"],
    read: perGateway(({ failedTries }) => failedTries),
  },
  {
    name: "headgate_alerts_delivered_total",
    type: "counter",
    help: "Events that the alert webhook took.",
    labelNames: [],
    read: ({ alerts }) => single(alerts.delivered),
  },
  {
    name: "headgate_alerts_failed_deliveries_total",
    type: "counter",
    help: "Posts that the alert webhook did not take; each is tried again.",
    labelNames: [],
    read: ({ alerts }) => single(alerts.failedDeliveries),
  },
  {
    name: "headgate_alerts_given_up_total",
    type: "counter",
    help: "Events that the alert webhook did not take in three days.",
    labelNames: [],
    read: ({ alerts }) => single(alerts.givenUp),
  },
  {
    name: "headgate_cache_bytes",
    type: "gauge",
    help: "Disk taken up by cached answers.",
    labelNames: [],
    read: ({ cache }) => single(cache.sizeBytes),
  },
  {
    name: "headgate_cache_unreadable_total",
    type: "counter",
    help: "Cached answers that were damaged and taken for misses.",
    labelNames: [],
    read: ({ cache }) => single(cache.unreadable),
  },
  {
    name: "headgate_cache_unwritten_total",
    type: "counter",
    help: "Answers that were not cached because the room was taken, or the disk full or failing.",
    labelNames: [],
    read: ({ cache }) => single(cache.unwritten),
  },
  {
    name: "headgate_cache_semantic_entries",
    type: "gauge",
    help: "Questions with answers that others are compared with.",
    labelNames: [],
    read: ({ cache }) => single(cache.semantic?.entries ?? 0),
  },
  {
    name: "headgate_cache_semantic_lookups_total",
    type: "counter",
    help: "Questions that were to be compared, by what became of it: found, none near enough, refused by the guards, busy, late or failed.",
    labelNames: ["result"],
    read: ({ cache }) =>
      Object.entries(cache.semantic?.lookups ?? {}).map(([result, value]) => ({ labels: { result }, value })),
  },
];

/** Registers what parts tell of themselves, and answers the function that takes their state over before it is read. */
export function registerStateMetrics(registry: Registry): (state: SystemState) => void {
  const fillers = stateMetrics.map(({ name, type, help, labelNames, read }) => {
    const configuration = { name, help, labelNames: [...labelNames], registers: [registry] };
    const metric = type === "gauge" ? new Gauge(configuration) : new Counter(configuration);
    return (state: SystemState): void => {
      metric.reset();
      for (const { labels, value } of read(state)) metric.inc({ ...labels }, value);
    };
  });
  return (state) => {
    for (const fill of fillers) fill(state);
  };
}
