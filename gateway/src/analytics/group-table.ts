import {
  type AnalyticsGroup,
  type AnalyticsQuestion,
  AnalyticsTooLarge,
  type AnalyticsValue,
} from "../stores/ports/analytics-store.ts";
import { type CounterName, counterNames } from "./counters.ts";
import { DistinctCounter } from "./distinct-counter.ts";
import { LatencySketch } from "./latency-sketch.ts";
import { type GroupTotals, measureRules, type MeasureSource } from "./measures.ts";

/** Most groups of one answer. */
const MOST_GROUPS = 50_000;

/** Sketches that measures may need. */
export type SketchName = Exclude<MeasureSource, CounterName>;

/** What has to be read for a question: indexes into `counterNames`, and sketches. */
export interface NeededSources {
  readonly counters: readonly number[];
  readonly sketches: readonly SketchName[];
}

/** What the measures of a question are made of. */
export function neededSources({ measures }: Pick<AnalyticsQuestion, "measures">): NeededSources {
  const sources = new Set(measures.flatMap((measure) => measureRules[measure].sources));
  const isNeeded = (name: MeasureSource): boolean => sources.has(name);
  const counters = counterNames.flatMap((name, index) => (isNeeded(name) ? [index] : []));
  return { counters, sketches: (["duration", "first_byte", "users"] as const).filter(isNeeded) };
}

interface Group {
  readonly bucketStartMs: number | null;
  readonly dimensions: readonly AnalyticsValue[];
  readonly totals: GroupTotals;
}

/** The groups of one answer while they are added up. */
export class GroupTable {
  private readonly question: AnalyticsQuestion;
  private readonly sketches: readonly SketchName[];
  private readonly groups = new Map<string, Group>();
  private readonly keys = new Map<string, number>();

  constructor(question: AnalyticsQuestion) {
    this.question = question;
    this.sketches = neededSources(question).sketches;
    if (question.dimensions.length === 0 && question.bucketStartsMs === null) this.totals(null, this.keyOf([]), []);
  }

  /** A number that stands for these values; the same for the same values. */
  keyOf(dimensions: readonly AnalyticsValue[]): number {
    const text = JSON.stringify(dimensions);
    const known = this.keys.get(text);
    if (known !== undefined) return known;
    this.keys.set(text, this.keys.size);
    return this.keys.size - 1;
  }

  /**
   * Totals of a group, made when it is new.
   * @throws AnalyticsTooLarge for more than 50,000 groups.
   */
  totals(bucketStartMs: number | null, key: number, dimensions: readonly AnalyticsValue[]): GroupTotals {
    const id = `${bucketStartMs} ${key}`;
    let group = this.groups.get(id);
    if (group === undefined) {
      if (this.groups.size === MOST_GROUPS) {
        throw new AnalyticsTooLarge(`The answer would have more than ${MOST_GROUPS} rows`, "dimensions");
      }
      group = { bucketStartMs, dimensions, totals: this.emptyTotals() };
      this.groups.set(id, group);
    }
    return group.totals;
  }

  /** The finished groups. */
  finish(): AnalyticsGroup[] {
    if (this.question.withEmptyBuckets === true) this.addEmptyBuckets();
    const rules = this.question.measures.map((measure) => {
      const { sources, value } = measureRules[measure];
      const indexes = sources.flatMap((source) => indexOfCounter(source));
      return (totals: GroupTotals) =>
        value(
          indexes.map((index) => totals.counters[index] as number),
          totals,
        );
    });
    return [...this.groups.values()].map(({ bucketStartMs, dimensions, totals }) => ({
      bucketStartMs,
      dimensions,
      measures: rules.map((rule) => rule(totals)),
    }));
  }

  private addEmptyBuckets(): void {
    const occurring = new Map([...this.groups.values()].map(({ dimensions }) => [this.keyOf(dimensions), dimensions]));
    if (this.question.dimensions.length === 0) occurring.set(this.keyOf([]), []);
    for (const [key, dimensions] of occurring) {
      for (const start of this.question.bucketStartsMs ?? []) this.totals(start, key, dimensions);
    }
  }

  private emptyTotals(): GroupTotals {
    return {
      counters: counterNames.map(() => 0),
      duration: this.sketches.includes("duration") ? new LatencySketch() : null,
      firstByte: this.sketches.includes("first_byte") ? new LatencySketch() : null,
      users: this.sketches.includes("users") ? new DistinctCounter() : null,
    };
  }
}

function indexOfCounter(source: MeasureSource): number[] {
  const index = (counterNames as readonly string[]).indexOf(source);
  return index === -1 ? [] : [index];
}

/** A function that answers the start of the bucket a time lies in; fast when it is asked in ascending order. */
export function bucketFinder(starts: readonly number[] | null): (timeMs: number) => number | null {
  if (starts === null) return () => null;
  let index = 0;
  return (timeMs) => {
    if (timeMs < (starts[index] as number)) index = 0;
    while (index + 1 < starts.length && (starts[index + 1] as number) <= timeMs) index++;
    return starts[index] as number;
  };
}

/** Adds the columns of a row, behind its two keys, to the counters at `indexes`. */
export function addReadCounters(totals: GroupTotals, indexes: readonly number[], row: readonly unknown[]): void {
  for (let place = 0; place < indexes.length; place++) {
    const index = indexes[place] as number;
    totals.counters[index] = (totals.counters[index] as number) + (row[place + 2] as number);
  }
}
