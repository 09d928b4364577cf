/** Completions remembered of each model. */
const REMEMBERED = 128;
/** Beyond as many, the answers are sorted anew only with every so many of them: each one more changes little, and sorting costs more than all else of an estimate. */
const SORTED_ALWAYS = 32;
const SORTED_EVERY = 16;
/** Models remembered; the one that was asked about or told least recently goes. */
const MAX_MODELS = 512;
/** Taken for a model of which nothing was seen yet. */
const UNSEEN_TOKENS = 1024;

/** How long the answers of models were, in tokens: what the next one may come to. */
export interface ObservedCompletions {
  /** Remembers the length of an answer. @param model provider and model. */
  observe(model: string, tokens: number): void;
  /** The length that 95 of 100 of the last 128 answers did not pass, give or take the last 15; 1,024 for a model not seen yet. */
  p95(model: string): number;
}

interface Seen {
  /** A ring; `next` is where the next one goes. */
  readonly lengths: number[];
  next: number;
  /** Answers since `p95` was found. */
  unsorted: number;
  p95: number;
}

/** Nothing observed yet. */
export function createObservedCompletions(): ObservedCompletions {
  const models = new Map<string, Seen>();
  return {
    observe(model, tokens) {
      const seen = models.get(model) ?? { lengths: [], next: 0, unsorted: 0, p95: 0 };
      models.delete(model);
      if (models.size >= MAX_MODELS) models.delete(models.keys().next().value as string);
      models.set(model, seen);
      seen.lengths[seen.next] = tokens;
      seen.next = (seen.next + 1) % REMEMBERED;
      seen.unsorted += 1;
    },
    p95(model) {
      const seen = models.get(model);
      if (seen === undefined) return UNSEEN_TOKENS;
      if (seen.unsorted >= (seen.lengths.length <= SORTED_ALWAYS ? 1 : SORTED_EVERY)) {
        seen.p95 = percentile95(seen.lengths);
        seen.unsorted = 0;
      }
      return seen.p95;
    },
  };
}

function percentile95(lengths: readonly number[]): number {
  const sorted = lengths.toSorted((left, right) => left - right);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] as number;
}
