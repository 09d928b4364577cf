import { contraries } from "./word-tables.ts";
import type { Wording } from "./read-wording.ts";

/** How much of two questions has to be the same besides their vectors. */
export type GuardLevel = "strict" | "basic";

/** What kept an answer from serving another question. */
export type GuardName =
  | "length"
  | "language"
  | "numbers"
  | "negation"
  | "names"
  | "literals"
  | "contrary"
  | "kind"
  | "mood"
  | "words";

/** The longer of two questions may have so many times the characters of the shorter one. */
const LENGTH_RATIO = 2.5;

/**
 * What tells two questions apart although they are alike; null where nothing does. Says the same whichever is given first.
 * `basic`: numbers in their order, words of denial with what they deny, names (where one of the questions writes them with capitals),
 * quotations and code, contraries, language, length. `strict` besides: the kind of question, tense and mood, and every other word, which has to have
 * itself or a synonym in the other question, in the same order but for phrases such as "in Django".
 */
export function differenceOf(left: Wording, right: Wording, level: GuardLevel): GuardName | null {
  const [short, long] = [Math.min(left.length, right.length), Math.max(left.length, right.length)];
  if (long > Math.max(short * LENGTH_RATIO, short + 24)) return "length";
  if (isOtherLanguage(left.language, right.language)) return "language";
  if (!isSame(left.numbers, right.numbers)) return "numbers";
  if (!isSame(left.negations, right.negations)) return "negation";
  if (!isSame(left.literals, right.literals)) return "literals";
  if (!hasNamesOf(left, right) || !hasNamesOf(right, left)) return "names";
  if (saysContrary(left, right) || saysContrary(right, left)) return "contrary";
  if (level === "basic") return null;
  if (left.kind !== right.kind) return "kind";
  if (!isSame(left.moods, right.moods)) return "mood";
  return isSame(left.words, right.words) && isSame(left.phrases, right.phrases) ? null : "words";
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}

/** A question too short to tell its language may be in any that is written with the same letters. */
function isOtherLanguage(left: string, right: string): boolean {
  const [leftScripts, leftLanguage] = left.split(" ");
  const [rightScripts, rightLanguage] = right.split(" ");
  if (leftScripts !== rightScripts) return true;
  return leftLanguage !== "" && rightLanguage !== "" && leftLanguage !== rightLanguage;
}

function hasNamesOf({ plain }: Wording, { names }: Wording): boolean {
  return names.every((name) => plain.some((word) => word === name || word.split(/[-'’/]/).includes(name)));
}

/** Whether one has a word and the other its contrary instead. */
function saysContrary(left: Wording, right: Wording): boolean {
  return left.plain.some((word) => {
    const contrary = contraries.get(word);
    return (
      contrary !== undefined &&
      right.plain.includes(contrary) &&
      !right.plain.includes(word) &&
      !left.plain.includes(contrary)
    );
  });
}
