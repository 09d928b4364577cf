import { emptyWords, languageWords, movable, negations, numberWords, spelledByCase, synonyms } from "./word-tables.ts";

/** What a question says, as far as two can be compared by it without a model. Made by `readWording`. */
export interface Wording {
  /** Of the question in characters. */
  readonly length: number;
  /** Scripts it is written in, and the language its commonest words belong to; empty for none that is known. */
  readonly language: string;
  /** In order, in digits. */
  readonly numbers: readonly string[];
  /** Words that deny, each with the one it denies, in order. */
  readonly negations: readonly string[];
  /** Words written as names are, sorted, in small letters. */
  readonly names: readonly string[];
  /** Quotations and what looks like code, as they are written, in order. */
  readonly literals: readonly string[];
  /** What is asked for: `how`, `what`, `yes-no`, `command` and so on. */
  readonly kind: string;
  /** Tense and mood, sorted. */
  readonly moods: readonly string[];
  /** Every other word that means something, in order, movable phrases taken out. */
  readonly words: readonly string[];
  /** Phrases that may stand at either end, sorted. */
  readonly phrases: readonly string[];
  /** Words as they stand, in order, in small letters: what `contraries` are looked up for. */
  readonly plain: readonly string[];
}

const QUOTATION = /```[\s\S]*?```|`[^`\n]+`|"[^"\n]{1,400}"|“[^”\n]{1,400}”|«[^»\n]{1,400}»/g;
/** Paths, addresses, identifiers, options, operators: what no sentence has. */
const CODE =
  /(?:https?:\/\/|[~.]{0,2}\/)[\w./~%?=&#-]+|[\w.+-]+@[\w.-]+\.\w+|\b[A-Za-z]\w*(?:(?:_|::|->|\.)\w+)+(?:\(\))?|\b[a-z]+(?:[A-Z][a-z0-9]*)+\b|\b\w+\(\)|(?<![\w-])--?[a-z][\w-]*|[<>=!]=|=>|->|<-|&&|\|\||[<>=*/^|&~{}[\]\\@#](?![\w])|(?<=\s)[+*/<>=-](?=\s)/g;
const NUMBER = /^[-+]?[$€£¥]?\d[\d.,:/-]*(?:st|nd|rd|th|[a-z]{1,4}|%)?$/;

const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/[’‘]/g, "'"],
  [/\bcan't\b/gi, "can not"],
  [/\bcannot\b/gi, "can not"],
  [/\bwon't\b/gi, "will not"],
  [/\bshan't\b/gi, "shall not"],
  [/n't\b/gi, " not"],
  [/\b(who|what|where|when|why|how|that|there|it|he|she)'s\b/gi, "$1 is"],
  [/'re\b/gi, " are"],
  [/'ve\b/gi, " have"],
  [/'ll\b/gi, " will"],
  [/'d\b/gi, " would"],
  [/\bi'm\b/gi, "i am"],
  [/\blet's\b/gi, "let us"],
];

/** Ways to begin that say nothing but what kind of answer is wanted. Tried in order, again as long as one fits, but for the last kinds. */
const OPENINGS: readonly (readonly [RegExp, string])[] = [
  [/^(?:please|kindly|hi|hello|hey|thanks|ok|okay|so|and|quick question|question)\b[\s,:!-]*/i, ""],
  [/^(?:could|would) (?:you|someone|somebody)\b(?: please| kindly)?/i, ""],
  [
    /^(?:can|will) (?:you|someone|somebody) (?:(?:please|kindly)\b|(?=(?:tell|explain|show|give|describe|list|write|translate|summari[sz]e|convert|calculate|help|find|set|send|add|delete|remove|make|create|compare|recommend)\b))/i,
    "",
  ],
  [/^(?:i would|i) (?:like|want|need|love) to (?:know|learn|understand|find out|ask)(?: about)?\b[\s,:]*/i, ""],
  [/^(?:i am|i was) (?:wondering|curious|trying to (?:understand|find out))(?: about)?\b[\s,:]*/i, ""],
  [
    /^(?:do you know|any idea|tell me|let me know|show me|give me|help me understand|explain)(?: to me)? (?=how|what|who|where|when|why|which|if|whether)/i,
    "",
  ],
];
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^how (?:many|much|long|far|old|often|tall|big|high|deep|fast|hot|cold|heavy|large|late|early|soon)\b/i, ""],
  [
    /^(?:how (?:do|can|could|would|should|might|to)(?: (?:i|we|you|one|someone|people))?(?: go about)?\b|(?:show|tell|teach|explain|give) (?:me )?(?:how|the steps) to\b|how (?:i|we|you|one) (?:can|could|do|should|would)\b|what (?:is|are|would be) (?:the|a|some|an)?\s*(?:best |right |correct |proper |recommended |easiest )?(?:ways?|methods?|steps?|procedure|process|approach) (?:to|for|of)\b|is there (?:a|any|some) (?:way|method) (?:to|for|of)\b|(?:steps|instructions|ways?|guide) (?:to|for|on)\b)/i,
    "how",
  ],
  [
    /^(?:what (?:is|are) the (?:meaning|definition) of|define|definition of|meaning of|what (?:does|do)(?= .* mean\b))/i,
    "define",
  ],
  [/^(?:who is|who are|who)\b/i, "who"],
  [/^(?:where is|where are|where|in (?:what|which) (?:place|location))\b/i, "where"],
  [/^(?:when is|when are|when|at what time|what time)\b/i, "when"],
  [/^(?:why|what is the reason|how come|for what reason)\b/i, "why"],
  [/^(?:what is|what are|what|which)\b/i, "what"],
  [/^(?:tell me about|describe|explain)\b/i, "explain"],
  [
    /^(?:if|whether|is|are|do|does|did|was|were|can|could|should|would|will|has|have|had|may|must|am)\b(?! you (?:tell|explain|show|give))/i,
    "yes-no",
  ],
];
const MOODS: Readonly<Record<string, string>> = {
  was: "past",
  were: "past",
  did: "past",
  had: "past",
  will: "future",
  shall: "future",
  would: "would",
  can: "can",
  could: "can",
  able: "can",
  should: "should",
  ought: "should",
  must: "must",
  may: "may",
  might: "may",
};

/** Reads a question: one of English says most; of another language every word counts as it stands. */
export function readWording(text: string): Wording {
  const literals: string[] = [];
  const literal = (found: string): string => {
    literals.push(found.replace(/^["“«`]+|["”»`]+$/g, ""));
    return " ";
  };
  const plainText = CONTRACTIONS.reduce((made, [pattern, by]) => made.replace(pattern, by), text.normalize("NFKC"));
  const prose = plainText.replace(QUOTATION, literal).replace(CODE, literal);
  const { kind, rest } = openingOf(prose);
  const tokens = tokensOf(rest);
  const numbers: string[] = [];
  const moods = new Set<string>();
  const denied: string[] = [];
  const words: string[] = [];
  const phrases: string[] = [];
  let phrase: string[] | null = null;
  const closePhrase = (): void => {
    if (phrase !== null) phrases.push(phrase.join(" "));
    phrase = null;
  };
  tokens.forEach(({ word, shown, endsClause }, index) => {
    const number = numberOf(word);
    const mood = MOODS[word];
    if (number !== null) numbers.push(number);
    if (negations.has(word)) denied.push(`${word} ${nextMeaning(tokens, index)}`);
    if (mood !== undefined && shown === word) moods.add(mood);
    else if (shown !== word || !emptyWords.has(word)) {
      if (movable.has(word)) {
        closePhrase();
        phrase = [word];
      } else (phrase ?? words).push(number ?? canonical(shown));
    }
    if (endsClause) closePhrase();
  });
  closePhrase();
  return {
    length: text.length,
    language: languageOf(prose),
    numbers,
    negations: denied,
    names: namesOf(prose),
    literals,
    kind,
    moods: [...moods].sort(),
    words,
    phrases: phrases.sort(),
    plain: tokens.map(({ word }) => word),
  };
}

function openingOf(prose: string): { readonly kind: string; readonly rest: string } {
  let rest = prose.trim();
  for (let isShorter = true; isShorter;) {
    const before = rest;
    for (const [pattern] of OPENINGS) rest = rest.replace(pattern, "").trimStart();
    isShorter = rest.length < before.length;
  }
  for (const [pattern, kind] of KINDS) {
    const found = pattern.exec(rest);
    if (found === null) continue;
    if (kind === "") return { kind: found[0].toLowerCase(), rest: rest.slice(found[0].length) };
    const after = rest.slice(found[0].length);
    if (kind === "define") return { kind: "what", rest: after.replace(/\bmean(?:s|ing)?\b\s*(?=[?.!]*$)/i, "") };
    // What kind of yes is asked for counts: "can" is not "should".
    return { kind, rest: kind === "yes-no" ? rest.replace(/^(?:if|whether)\s/i, "") : after };
  }
  // Somewhere later, as in "In Django, how do I …".
  const later = /^(.{1,60}?),\s*((?:how|what|who|where|when|why|which|is|are|can|do|does|should)\b.*)$/is.exec(rest);
  if (later === null) return { kind: "command", rest };
  const inner = openingOf(later[2] as string);
  return inner.kind === "command"
    ? { kind: "command", rest }
    : { kind: inner.kind, rest: `${later[1]}, ${inner.rest}` };
}

interface Token {
  /** In small letters. */
  readonly word: string;
  /** As it counts: in small letters but where capitals make another word of it. */
  readonly shown: string;
  readonly endsClause: boolean;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  // "France's capital" is "capital of France".
  const turned = text.replace(/(\p{L}+)'s?\s+(\p{L}+(?:\s\p{L}+)?)(?=\s*[?.!,]*$)/gu, "$2 of $1");
  for (const [found, before = "", , after = ""] of turned.matchAll(
    /([^\p{L}\p{M}\p{N}$€£¥%+-]*)([-+]?[$€£¥]?[\p{L}\p{M}\p{N}]+(?:[.,:/'’-][\p{L}\p{M}\p{N}]+)*(?:%|[+#]+)?)([^\p{L}\p{M}\p{N}$€£¥+-]*)/gu,
  )) {
    const raw = found.slice(before.length, found.length - after.length);
    const word = raw.toLowerCase();
    const isCapital = raw !== word && tokens.length > 0;
    const shown = isCapital && spelledByCase.has(word) ? raw : word;
    tokens.push({ word, shown, endsClause: /[,;:?!.\n]/.test(after) });
  }
  return tokens;
}

/** A word as it is compared: by its group of synonyms, and without the ending of a gerund. */
function canonical(written: string): string {
  const word = written.replace(/^([a-z]{3,})is(e|es|ed|ing)$/, "$1iz$2");
  const isGerund = /^[a-z]{3,}ing$/.test(word);
  const stem = isGerund ? word.slice(0, -3).replace(/([bdgklmnprt])\1$/, "$1") : word;
  const known = synonyms.get(stem) ?? (isGerund ? (synonyms.get(`${stem}e`) ?? stem) : stem);
  return known.length > 3 && known.endsWith("e") ? known.slice(0, -1) : known;
}

function numberOf(word: string): string | null {
  const known = numberWords.get(word);
  if (known !== undefined) return known;
  const compound = /^(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-([a-z]+)$/.exec(word);
  if (compound !== null) {
    const [ten, one] = [numberWords.get(compound[1] as string), numberWords.get(compound[2] as string)];
    if (ten !== undefined && one !== undefined)
      return `${Number(ten) + Number.parseInt(one, 10)}${one.endsWith("th") ? "th" : ""}`;
  }
  if (!NUMBER.test(word) && !/\d/.test(word)) return null;
  return word.replace(/(?<=\d),(?=\d{3}\b)/g, "").replace(/(?<=\d)(?:st|nd|rd)$/, "th");
}

function nextMeaning(tokens: readonly Token[], index: number): string {
  const next = tokens.slice(index + 1).find(({ word }) => !emptyWords.has(word));
  return next === undefined ? "" : canonical(next.word);
}

/** Words with a capital that do not begin a sentence, or with more than one. */
function namesOf(prose: string): string[] {
  const names: string[] = [];
  for (const found of prose.matchAll(/(^|[.!?:\n]\s*|\s|[("'-])(\p{Lu}[\p{L}\p{N}]*)/gu)) {
    const [, before = "", name = ""] = found;
    const begins = found.index === 0 || /[.!?:\n]/.test(before);
    if (name === "I" || (begins && !/\p{Lu}.*\p{Lu}/u.test(name))) continue;
    names.push(name.toLowerCase());
  }
  return names.sort();
}

function languageOf(prose: string): string {
  const scripts = [
    "Latin",
    "Cyrillic",
    "Greek",
    "Arabic",
    "Hebrew",
    "Devanagari",
    "Han",
    "Hiragana",
    "Katakana",
    "Hangul",
    "Thai",
  ];
  const used = scripts.filter((script) => new RegExp(`\\p{Script=${script}}`, "u").test(prose));
  const words = prose.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
  const counts = Object.entries(languageWords).map(([language, known]): [string, number] => [
    language,
    words.filter((word) => known.has(word)).length,
  ]);
  const [first, second] = counts.sort(([, left], [, right]) => right - left);
  const isClear = first !== undefined && first[1] >= 2 && first[1] > (second?.[1] ?? 0);
  return `${used.join("+")} ${isClear ? first[0] : ""}`;
}
