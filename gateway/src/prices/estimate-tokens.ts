/** Tokens a letter costs by the script it is of, beyond the Latin one; from counting recorded answers with a tokenizer. */
const CJK_TOKENS = 0.72;
const OTHER_LETTER_TOKENS = 0.33;
const PICTOGRAPH_TOKENS = 1.5;
/** A Latin word takes one token, and another for each so many letters more. */
const LETTERS_PER_FURTHER_TOKEN = 9;
const DIGITS_PER_TOKEN = 3;
const SIGNS_PER_TOKEN = 3;

type Kind = "letters" | "digits" | "signs" | "space" | "lines" | "dense" | "foreign" | "pictograph";

/**
 * About how many tokens a model makes of `text`: words, numbers, signs and line ends are counted as tokenizers split them, without their vocabulary. Takes a nanosecond or two for each
 * character, whatever the text, and no memory. docs/decisions/0008-prices.md has how far off it is.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  let kind: Kind | null = null;
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const next = kindOf(text.charCodeAt(index));
    if (next !== kind) {
      if (kind !== null) tokens += tokensOf(kind, length);
      kind = next;
      length = 0;
    }
    length += 1;
  }
  return Math.ceil(kind === null ? 0 : tokens + tokensOf(kind, length));
}

function tokensOf(kind: Kind, length: number): number {
  switch (kind) {
    case "letters":
      return 1 + Math.floor((length - 1) / LETTERS_PER_FURTHER_TOKEN);
    case "digits":
      return Math.ceil(length / DIGITS_PER_TOKEN);
    case "signs":
      return Math.ceil(length / SIGNS_PER_TOKEN);
    case "space":
      return length === 1 ? 0 : 1;
    case "lines":
      return 1;
    case "dense":
      return length * CJK_TOKENS;
    case "pictograph":
      return (length / 2) * PICTOGRAPH_TOKENS;
    default:
      return length * OTHER_LETTER_TOKENS;
  }
}

function kindOf(code: number): Kind {
  if (code < 0x80) {
    if ((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)) return "letters";
    if (code === 0x20 || code === 0x09) return "space";
    if (code === 0x0a || code === 0x0d) return "lines";
    return code >= 0x30 && code <= 0x39 ? "digits" : "signs";
  }
  if (code >= 0xc0 && code < 0x250) return "letters";
  if (code >= 0xd800 && code < 0xe000) return "pictograph";
  if (code >= 0x2e80 && code < 0xd7b0) return "dense";
  return code >= 0x370 && code < 0x2000 ? "foreign" : "signs";
}
