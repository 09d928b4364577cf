/**
 * The word put before the text of every row of a gateway, so that a search stays inside it. It begins with a private-use
 * character, which the tokenizer takes for a letter and `searchableText` takes out of texts. A gateway without rows, whose number is
 * negative, has a word of its own that stands nowhere: a minus sign would make two words of it.
 */
export function gatewayWord(gateway: number): string {
  return gateway < 0 ? "\u{E000}\u{E000}" : `\u{E000}${gateway.toString(36)}`;
}

/** A text that cannot hold the word of a gateway. */
export function searchableText(text: string): string {
  return text.includes("\u{E000}") ? text.replaceAll("\u{E000}", " ") : text;
}

/** Fewer letters before a `*` would gather too much of the index. */
const minPrefixLetters = 3;

/**
 * What the tokenizer takes for parts of words: letters, numbers, private use, and the combining marks it knows, without the letters that
 * were no letters yet when its tables were made.
 */
const word =
  /([[\p{L}\p{N}\p{Co}\u0300-\u0304\u0306-\u030c\u030f\u0311\u031b\u0323-\u0328\u032d\u032e\u0330\u0331]--[\u19b0-\u19c0\u19c8\u19c9\u1cf2\u1cf3]]+)(\*?)/gv;

/** More words than this are not looked at. */
const maxWords = 32;

/**
 * The FTS5 expression for rows of a gateway that hold every word of `search` (`word*`: a word that begins so). Null when `search`
 * holds no word: then every row fits. Words are split as the tokenizer splits texts (unicode61), because without positions in the
 * index a word of two parts could not be found.
 */
export function matchExpression(gateway: number, search: string): string | null {
  const words = [...search.normalize("NFC").matchAll(word)].slice(0, maxWords);
  const terms = words.flatMap(([, letters = "", star]) => {
    const clean = letters.replaceAll("\u{E000}", "");
    if (clean === "") return [];
    return [star === "*" && [...clean].length >= minPrefixLetters ? `"${clean}"*` : `"${clean}"`];
  });
  return terms.length === 0 ? null : [`"${gatewayWord(gateway)}"`, ...terms].join(" AND ");
}
