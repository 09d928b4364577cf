import type {
  AnalyticsFilter,
  AnalyticsGroup,
  AnalyticsQuestion,
  AnalyticsStore,
} from "../../stores/ports/analytics-store.ts";

/** A model that was used and could not be priced. */
export interface UnpricedModel {
  readonly provider: string;
  /** Null when no request named one. */
  readonly model: string | null;
  /** Answers whose cost is unknown. */
  readonly requests: number;
  /** Tokens of the steps of time in which there were such answers. */
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** Start of the minute (of older ones: hour or day) of the last such answer, Unix milliseconds. */
  readonly lastSeenMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Most models told of. */
const MOST_MODELS = 500;
/** Most steps of time that are looked at closer for the minute of the last answer. */
const MOST_CLOSER_LOOKS = 24;

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Models with answers of unknown cost, those with the most first. Counted from roll-ups, so it takes milliseconds however many
 * requests there were.
 * @throws AnalyticsTooLarge
 */
export async function findUnpriced(analytics: AnalyticsStore, range: Range): Promise<UnpricedModel[]> {
  const totals = await analytics.totals(question(range, { stepMs: null, filter: { all: [] } }));
  const names = totals.groups
    .filter((group) => unpricedIn(group) > 0)
    .toSorted((a, b) => unpricedIn(b) - unpricedIn(a))
    .slice(0, MOST_MODELS)
    .map((group) => ({ provider: group.dimensions[0] ?? null, model: group.dimensions[1] ?? null }));
  if (names.length === 0) return [];
  const filter: AnalyticsFilter = {
    all: [
      { dimension: "provider", operator: "eq", values: [...new Set(names.map(({ provider }) => provider))] },
      { dimension: "model", operator: "eq", values: [...new Set(names.map(({ model }) => model))] },
    ],
  };
  const stepMs = range.toMs - range.fromMs <= 6 * HOUR_MS ? MINUTE_MS : rangeStepMs(range);
  const { groups } = await analytics.totals(question(range, { stepMs, filter }));
  const byModel = Map.groupBy(
    groups.filter((group) => unpricedIn(group) > 0),
    keyOf,
  );
  const models = names.flatMap(({ provider, model }) => {
    const steps = byModel.get(JSON.stringify([provider, model])) ?? [];
    return steps.length === 0 ? [] : [modelOf(steps, { provider: String(provider ?? ""), model })];
  });
  return stepMs === MINUTE_MS ? models : await withMinutes(analytics, models, { stepMs, filter });
}

function rangeStepMs({ fromMs, toMs }: Range): number {
  return toMs - fromMs <= 31 * DAY_MS ? HOUR_MS : DAY_MS;
}

function modelOf(
  steps: readonly AnalyticsGroup[],
  { provider, model }: { readonly provider: string; readonly model: unknown },
): UnpricedModel {
  const sum = (measure: number): number => steps.reduce((total, { measures }) => total + (measures[measure] ?? 0), 0);
  return {
    provider,
    model: model === null ? null : String(model),
    requests: sum(0),
    tokensIn: sum(1),
    tokensOut: sum(2),
    lastSeenMs: Math.max(...steps.map(({ bucketStartMs }) => bucketStartMs ?? 0)),
  };
}

/** Tells the last answers' minutes, as far as there are few steps to look into. */
async function withMinutes(
  analytics: AnalyticsStore,
  models: readonly UnpricedModel[],
  { stepMs, filter }: { readonly stepMs: number; readonly filter: AnalyticsFilter },
): Promise<UnpricedModel[]> {
  const starts = [...new Set(models.map(({ lastSeenMs }) => lastSeenMs))].toSorted((a, b) => b - a);
  const lastMinutes = new Map<string, number>();
  for (const fromMs of starts.slice(0, MOST_CLOSER_LOOKS)) {
    const range = { fromMs, toMs: fromMs + stepMs };
    const { groups } = await analytics.totals(question(range, { stepMs: MINUTE_MS, filter }));
    for (const group of groups) {
      if (unpricedIn(group) === 0) continue;
      const key = `${fromMs} ${keyOf(group)}`;
      lastMinutes.set(key, Math.max(lastMinutes.get(key) ?? 0, group.bucketStartMs ?? 0));
    }
  }
  return models.map((model) => {
    const key = `${model.lastSeenMs} ${JSON.stringify([model.provider, model.model])}`;
    return { ...model, lastSeenMs: lastMinutes.get(key) ?? model.lastSeenMs };
  });
}

function question(
  { fromMs, toMs }: Range,
  { stepMs, filter }: { readonly stepMs: number | null; readonly filter: AnalyticsFilter },
): AnalyticsQuestion {
  const starts: number[] = [];
  if (stepMs !== null) for (let at = Math.floor(fromMs / stepMs) * stepMs; at < toMs; at += stepMs) starts.push(at);
  return {
    fromMs,
    toMs,
    bucketStartsMs: stepMs === null ? null : starts,
    dimensions: ["provider", "model"],
    measures: ["unpriced", "tokens_in", "tokens_out"],
    filter,
  };
}

function unpricedIn({ measures }: AnalyticsGroup): number {
  return measures[0] ?? 0;
}

function keyOf({ dimensions }: AnalyticsGroup): string {
  return JSON.stringify([dimensions[0] ?? null, dimensions[1] ?? null]);
}
