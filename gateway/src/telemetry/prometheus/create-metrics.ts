import { Counter, Registry } from "prom-client";
import type { BatchConsumer } from "../../core/ledger-entry.ts";
import { registerExchangeMetrics } from "./exchange-metrics.ts";
import { type CardinalityLimits, createSeriesCap, defaultCardinalityLimits } from "./series-labels.ts";
import { registerStateMetrics } from "./state-metrics.ts";
import type { SystemState } from "./system-state.ts";

/** The metrics of this gateway: a consumer of the ledger that can be read as text. */
export interface Metrics extends BatchConsumer {
  /** Prometheus' text exposition format 0.0.4. */
  render(): Promise<string>;
  readonly contentType: string;
}

/** What metrics are made of. */
export interface MetricsOptions {
  /** Asked at every reading. */
  readonly stateOf: () => SystemState;
  readonly limits?: Partial<CardinalityLimits>;
}

/**
 * Metrics that count from zero. They have a registry of their own. Models beyond `limits.maxModels`, and everything beyond `limits.maxSeries`
 * combinations, is counted under `other`, and how often is counted too.
 */
export function createMetrics({ stateOf, limits }: MetricsOptions): Metrics {
  const registry = new Registry();
  const cap = createSeriesCap({ ...defaultCardinalityLimits, ...limits });
  const count = registerExchangeMetrics(registry);
  const fillState = registerStateMetrics(registry);
  registerFolded(registry, cap.folded);
  return {
    name: "metrics",
    contentType: registry.contentType,
    consume(batch) {
      for (const { record } of batch) count(record, cap.labelsOf(record));
    },
    render() {
      fillState(stateOf());
      return registry.metrics();
    },
  };
}

function registerFolded(registry: Registry, folded: Readonly<Record<string, number>>): void {
  const counter: Counter = new Counter({
    name: "headgate_metrics_folded_total",
    help: "Attempts counted under other because there were too many models, or too many series in all.",
    labelNames: ["label"],
    registers: [registry],
    collect: () => {
      counter.reset();
      for (const [label, value] of Object.entries(folded)) counter.inc({ label }, value);
    },
  });
}
