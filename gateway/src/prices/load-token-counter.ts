/** Runs a tokenizer takes quadratic time for are cut into pieces of this many characters; no word of any language is that long. */
const LONGEST_RUN = 256;
const longRuns = new RegExp(`\\S{${LONGEST_RUN}}(?=\\S)|\\s{${LONGEST_RUN}}(?=\\s)`, "g");

/**
 * A counter of the tokens of a text by the o200k vocabulary. The vocabulary takes about half a second and 100 MB the first time, so this is for processes
 * that serve no requests. Runs of letters or of blanks longer than 256 are counted piece by piece, which keeps the time proportional to the text.
 */
export async function loadTokenCounter(): Promise<(text: string) => number> {
  const { countTokens } = await import("gpt-tokenizer/encoding/o200k_base");
  return (text) => {
    let count = 0;
    let from = 0;
    for (const run of text.matchAll(longRuns)) {
      const end = run.index + LONGEST_RUN;
      count += countTokens(text.slice(from, end), { disallowedSpecial: new Set() });
      from = end;
    }
    return count + countTokens(text.slice(from), { disallowedSpecial: new Set() });
  };
}
