import { type RollUpTier, tierWidthMs } from "./roll-up-tables.ts";

/** Steps of a tier, the last not included, that lie in one bucket. */
export interface Span {
  readonly tier: RollUpTier;
  readonly from: number;
  readonly until: number;
}

/** A tier that may be read, and the steps in which it holds everything. */
export interface ReadableTier {
  readonly tier: RollUpTier;
  readonly keptFrom: number;
  readonly completeUntil: number;
}

/** What to read for a range. */
export interface SpanPlan {
  readonly spans: readonly Span[];
  /** The range that is read: the wanted one, widened to whole steps where nothing finer is kept. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The wanted buckets moved to where steps begin, each beside its wanted start. */
  readonly buckets: readonly { readonly startMs: number; readonly alignedMs: number }[] | null;
}

/**
 * Cuts a range into the widest steps that fit, so that a year is read as days and only its ends as hours and minutes. No step
 * reaches over the start of a bucket.
 * @param tiers finest first; the finest holds everything that is not older than its `keptFrom`.
 */
export function planSpans(
  tiers: readonly ReadableTier[],
  range: { readonly fromMs: number; readonly toMs: number; readonly bucketStartsMs: readonly number[] | null },
): SpanPlan {
  const fromMs = alignDown(tiers, range.fromMs);
  const toMs = Math.max(fromMs, alignUp(tiers, range.toMs));
  const buckets = range.bucketStartsMs?.map((startMs) => ({ startMs, alignedMs: alignDown(tiers, startMs) })) ?? null;
  const inside = (buckets ?? []).map(({ alignedMs }) => alignedMs).filter((edge) => edge > fromMs && edge < toMs);
  const edges = [fromMs, ...inside, toMs];
  const spans: Span[] = [];
  for (const [index, from] of edges.slice(0, -1).entries()) {
    cut(tiers.length - 1, { tiers, spans }, { from, until: edges[index + 1] as number });
  }
  return { spans, fromMs, toMs, buckets };
}

/** The buckets of a plan for finding the one a step lies in; of several moved to the same place the first. */
export function plannedBuckets({ buckets }: SpanPlan): {
  readonly starts: readonly number[] | null;
  /** Wanted start of the bucket that was moved to a place. */
  readonly startOf: (alignedMs: number | null) => number | null;
} {
  if (buckets === null) return { starts: null, startOf: () => null };
  const wanted = new Map<number, number>();
  for (const { startMs, alignedMs } of buckets) if (!wanted.has(alignedMs)) wanted.set(alignedMs, startMs);
  return { starts: [...wanted.keys()], startOf: (alignedMs) => wanted.get(alignedMs as number) as number };
}

/** Start of the step that holds a time, in the finest tier that still keeps that time. */
function alignDown(tiers: readonly ReadableTier[], timeMs: number): number {
  const width = tierWidthMs[tierAt(tiers, timeMs).tier];
  return Math.floor(timeMs / width) * width;
}

function alignUp(tiers: readonly ReadableTier[], timeMs: number): number {
  const width = tierWidthMs[tierAt(tiers, timeMs - 1).tier];
  return Math.ceil(timeMs / width) * width;
}

/** The finest tier that keeps a time; the widest when none does. */
function tierAt(tiers: readonly ReadableTier[], timeMs: number): ReadableTier {
  const kept = tiers.find(({ tier, keptFrom }) => timeMs >= keptFrom * tierWidthMs[tier]);
  return kept ?? (tiers.at(-1) as ReadableTier);
}

interface Cutting {
  readonly tiers: readonly ReadableTier[];
  readonly spans: Span[];
}

function cut(level: number, cutting: Cutting, { from, until }: { from: number; until: number }): void {
  const { tier, completeUntil } = cutting.tiers[level] as ReadableTier;
  const width = tierWidthMs[tier];
  if (from >= until) return;
  const first = Math.ceil(from / width);
  const end = level === 0 ? Math.ceil(until / width) : Math.min(Math.floor(until / width), completeUntil);
  if (first >= end) {
    if (level > 0) cut(level - 1, cutting, { from, until });
    return;
  }
  if (level > 0) cut(level - 1, cutting, { from, until: first * width });
  cutting.spans.push({ tier, from: first, until: end });
  if (level > 0) cut(level - 1, cutting, { from: end * width, until });
}
