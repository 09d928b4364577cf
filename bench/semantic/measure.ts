import { differenceOf, type GuardLevel } from "../../gateway/src/cache/semantic/guards.ts";
import { readWording, type Wording } from "../../gateway/src/cache/semantic/read-wording.ts";
import type { Family } from "./labelled-set.ts";

/** What the guards are in a row of the table. */
export type GuardChoice = "none" | GuardLevel;

/** Shares of one threshold under one choice of guards. */
export interface ThresholdFigures {
  readonly guards: GuardChoice;
  readonly threshold: number;
  /** Questions in other words that got the answer of theirs. */
  readonly hits: number;
  /** Questions that only sound alike and got an answer. */
  readonly wrong: number;
  /** Questions in other words that got the answer of another one. */
  readonly astray: number;
}

/** A part of the set and what came of it. */
export interface SetFigures {
  readonly families: number;
  readonly sameWords: number;
  readonly soundAlike: number;
  readonly rows: readonly ThresholdFigures[];
}

const thresholds = [0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98] as const;
const CHOICES: readonly GuardChoice[] = ["none", "basic", "strict"];
/** The index compares the words of as many. */
const MOST_GUARDED = 8;

interface Probe {
  readonly family: number;
  readonly text: string;
  readonly isSame: boolean;
  /** Families' questions, nearest first. */
  readonly near: readonly { readonly family: number; readonly similarity: number }[];
}

/**
 * Asks every question of the families of an index that holds the answered question of each, as the gateway does: the nearest that the guards let pass is served.
 */
export function measureSet(families: readonly Family[], vectorOf: (text: string) => Float32Array): SetFigures {
  const anchors = families.map(({ anchor }) => ({ vector: vectorOf(anchor), wording: readWording(anchor) }));
  const near = (text: string): Probe["near"] => {
    const vector = vectorOf(text);
    return anchors
      .map((anchor, family) => ({ family, similarity: cosine(anchor.vector, vector) }))
      .toSorted((left, right) => right.similarity - left.similarity)
      .slice(0, MOST_GUARDED);
  };
  const isAnchor = new Set(families.map(({ anchor }) => anchor));
  const probes = families.flatMap(({ same, other }, family): Probe[] => [
    ...same.map((text) => ({ family, text, isSame: true, near: near(text) })),
    // Templates make questions that are another family's own: those have an answer.
    ...other.filter((text) => !isAnchor.has(text)).map((text) => ({ family, text, isSame: false, near: near(text) })),
  ]);
  const wordings = new Map(probes.map(({ text }) => [text, readWording(text)]));
  const rows = CHOICES.flatMap((guards) =>
    thresholds.map((threshold): ThresholdFigures => {
      let hits = 0;
      let wrong = 0;
      let astray = 0;
      for (const { family, text, isSame, near: candidates } of probes) {
        const served = candidates.find(
          (candidate) =>
            candidate.similarity >= threshold &&
            passes(guards, anchors[candidate.family]?.wording as Wording, wordings.get(text) as Wording),
        );
        if (served === undefined) continue;
        if (!isSame) wrong += 1;
        else if (served.family === family) hits += 1;
        else astray += 1;
      }
      return { guards, threshold, hits, wrong, astray };
    }),
  );
  const sameWords = probes.filter(({ isSame }) => isSame).length;
  return { families: families.length, sameWords, soundAlike: probes.length - sameWords, rows };
}

function passes(guards: GuardChoice, left: Wording, right: Wording): boolean {
  return guards === "none" || differenceOf(left, right, guards) === null;
}

function cosine(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, number, index) => sum + number * (right[index] as number), 0);
}
