/** One measured quantity over the rounds of a run. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Number of rounds behind it. */
  readonly rounds: number;
}

/** Figures of one round, by name; names end in their unit: `cpuUsPerRequest`, `workerRssBytes`. */
export type Figures = Readonly<Record<string, number>>;

/** Figures of one target over all rounds of a workload. */
export type SpreadFigures = Readonly<Record<string, Spread>>;

/**
 * Median, least and greatest of each figure over the rounds. A figure that a round lacks is left out of that round only;
 * values that are not finite are left out too. Empty input gives no figures.
 */
export function spreadOver(rounds: readonly Figures[]): SpreadFigures {
  const spreads: Record<string, Spread> = {};
  for (const name of new Set(rounds.flatMap((round) => Object.keys(round)))) {
    const values = rounds
      .map((round) => round[name])
      .filter((value): value is number => value !== undefined && Number.isFinite(value))
      .toSorted((left, right) => left - right);
    if (values.length === 0) continue;
    spreads[name] = {
      median: middleOf(values),
      min: values[0] as number,
      max: values.at(-1) as number,
      rounds: values.length,
    };
  }
  return spreads;
}

function middleOf(sorted: readonly number[]): number {
  const upper = sorted[Math.floor(sorted.length / 2)] as number;
  if (sorted.length % 2 === 1) return upper;
  return ((sorted[sorted.length / 2 - 1] as number) + upper) / 2;
}

/**
 * Value below which the given share of the values lies (nearest rank).
 * @param share between 0 and 1. @returns NaN when there are no values.
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const rank = Math.ceil(share * sorted.length) - 1;
  return sorted[Math.min(sorted.length - 1, Math.max(0, rank))] as number;
}

/** One point of a line: how much was done, and what was measured then. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Slope of the least-squares line through the points, in y per x; NaN with fewer than two different x. */
export function slopeOf(points: readonly Point[]): number {
  return lineThrough(points).slope;
}

/** The same with its standard error, which is NaN with fewer than three points. */
export function lineThrough(points: readonly Point[]): { readonly slope: number; readonly standardError: number } {
  const meanX = points.reduce((sum, point) => sum + point.x, 0) / points.length;
  const meanY = points.reduce((sum, point) => sum + point.y, 0) / points.length;
  let covariance = 0;
  let variance = 0;
  for (const { x, y } of points) {
    covariance += (x - meanX) * (y - meanY);
    variance += (x - meanX) ** 2;
  }
  const slope = variance === 0 ? Number.NaN : covariance / variance;
  const left = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  const freedom = points.length - 2;
  return { slope, standardError: freedom < 1 ? Number.NaN : Math.sqrt(left / freedom / variance) };
}
