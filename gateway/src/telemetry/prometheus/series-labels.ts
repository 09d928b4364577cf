import type { ExchangeRecord } from "../../core/exchange.ts";

/** Label values of one series of an attempt. */
export interface SeriesLabels {
  /** Account and gateway: `default/prod`. */
  readonly gateway: string;
  readonly provider: string;
  readonly model: string;
  /** HTTP status. */
  readonly status: string;
}

/** How many values are told apart; what comes after them counts as `other`. */
export interface CardinalityLimits {
  /** Distinct models. Default 200. */
  readonly maxModels: number;
  /** Distinct combinations of gateway, provider, model and status. Default 2,000. */
  readonly maxSeries: number;
}

/** What metrics keep to unless told otherwise. */
export const defaultCardinalityLimits: CardinalityLimits = { maxModels: 200, maxSeries: 2000 };

const other = "other";
const longestValue = 128;

/** Bounds the number of series, because clients choose what stands in `model`, and gateways and custom providers come and go. */
export interface SeriesCap {
  /** The labels to count an attempt under, in the same order for the same attempt as long as the process lives. */
  labelsOf(record: ExchangeRecord): SeriesLabels;
  /** Attempts whose model, or all of whose labels, were counted as `other`. */
  readonly folded: { readonly model: number; readonly series: number };
}

/** A cap that has seen nothing yet. */
export function createSeriesCap({ maxModels, maxSeries }: CardinalityLimits): SeriesCap {
  const models = new Set<string>();
  const series = new Set<string>();
  const folded = { model: 0, series: 0 };

  function isTaken(values: Set<string>, value: string, limit: number): boolean {
    if (values.has(value)) return true;
    if (values.size >= limit) return false;
    values.add(value);
    return true;
  }

  return {
    folded,
    labelsOf(record) {
      const gateway = shortened(`${record.accountId}/${record.gatewayId}`);
      const provider = shortened(record.provider);
      const status = statusLabel(record.statusCode);
      const asked = shortened(record.model ?? "unknown");
      const isModelTaken = isTaken(models, asked, maxModels);
      if (!isModelTaken) folded.model += 1;
      const model = isModelTaken ? asked : other;
      if (isTaken(series, JSON.stringify([gateway, provider, model, status]), maxSeries)) {
        return { gateway, provider, model, status };
      }
      folded.series += 1;
      return { gateway: other, provider: other, model: other, status: other };
    },
  };
}

function statusLabel(status: number): string {
  return Number.isInteger(status) && status >= 100 && status <= 599 ? String(status) : other;
}

function shortened(value: string): string {
  return value.length <= longestValue ? value : value.slice(0, longestValue);
}
