import { estimateTokens } from "./estimate-tokens.ts";

/** Text beyond this is counted at the rate of the text before it. */
const COUNTED_BYTES = 64 * 1024;
/** Files inside a request, written in base64: a run of such letters that no word is as long as. */
const encodedFile = /[A-Za-z0-9+/_=-]{512,}/g;
/** The count may be so much too low. */
const MARGIN = 1.15;
/** About what vendors charge for an image of usual size. */
const TOKENS_PER_FILE = 1600;

/**
 * About how many tokens the prompt in a JSON body has, rather more than less: its names and signs are counted along, and files inside it as an image each.
 * For bounds that have to be known before a request is sent; takes about a microsecond for each kilobyte and 100 at most, files aside.
 */
export function estimatePromptTokens(body: Buffer): number {
  let files = 0;
  const text = body.toString().replace(encodedFile, () => {
    files += 1;
    return "";
  });
  const counted = text.length <= COUNTED_BYTES ? text : text.slice(0, COUNTED_BYTES);
  const tokens = estimateTokens(counted) * (text.length / Math.max(1, counted.length));
  return Math.ceil(tokens * MARGIN) + files * TOKENS_PER_FILE;
}
