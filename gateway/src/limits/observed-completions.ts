/** Completions remembered of each model. */
const REMEMBERED = 128;
/** Models remembered; the one that was asked about or told least recently goes. */
const MAX_MODELS = 512;
/** Taken for a model of which nothing was seen yet. */
const UNSEEN_TOKENS = 1024;

/** How long the answers of models were, in tokens: what the next one may come to. */
export interface ObservedCompletions {
  /** Remembers the length of an answer. @param model provider and model. */
  observe(model: string, tokens: number): void;
  /** The length that 95 of 100 of the last 128 answers did not pass; 1,024 for a model not seen yet. */
  p95(model: string): number;
}

/** Nothing observed yet. */
export function createObservedCompletions(): ObservedCompletions {
  const models = new Map<string, { readonly lengths: number[]; next: number; p95: number | null }>();
  return {
    observe(model, tokens) {
      const seen = models.get(model) ?? { lengths: [], next: 0, p95: null };
      models.delete(model);
      if (models.size >= MAX_MODELS) models.delete(models.keys().next().value as string);
      models.set(model, seen);
      seen.lengths[seen.next] = tokens;
      seen.next = (seen.next + 1) % REMEMBERED;
      seen.p95 = null;
    },
    p95(model) {
      const seen = models.get(model);
      if (seen === undefined) return UNSEEN_TOKENS;
      seen.p95 ??= percentile95(seen.lengths);
      return seen.p95;
    },
  };
}

function percentile95(lengths: readonly number[]): number {
  const sorted = lengths.toSorted((left, right) => left - right);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] as number;
}
