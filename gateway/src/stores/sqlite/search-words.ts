/**
 * The word put before the text of every row of a gateway, so that a search stays inside it. It begins with a private-use
 * character, which the tokenizer takes for a letter and `searchableText` takes out of texts.
 */
export function gatewayWord(gateway: number): string {
  return `\u{E000}${gateway.toString(36)}`;
}

/** A text that cannot hold the word of a gateway. */
export function searchableText(text: string): string {
  return text.includes("\u{E000}") ? text.replaceAll("\u{E000}", " ") : text;
}

/** Fewer letters before a `*` would gather too much of the index. */
const minPrefixLetters = 3;

/** More words than this are not looked at. */
const maxWords = 32;

/**
 * The FTS5 expression for rows of a gateway that hold every word of `search` (`word*`: a word that begins so). Null when `search`
 * holds no word: then every row fits. Words are split as the tokenizer splits texts (unicode61), because without positions in the
 * index a word of two parts could not be found.
 */
export function matchExpression(gateway: number, search: string): string | null {
  const words = [...search.normalize("NFC").matchAll(/([\p{L}\p{N}\p{Co}\u0300-\u0331]+)(\*?)/gu)].slice(0, maxWords);
  const terms = words.flatMap(([, word = "", star]) => {
    const clean = word.replaceAll("\u{E000}", "");
    if (clean === "") return [];
    return [star === "*" && [...clean].length >= minPrefixLetters ? `"${clean}"*` : `"${clean}"`];
  });
  return terms.length === 0 ? null : [`"${gatewayWord(gateway)}"`, ...terms].join(" AND ");
}
