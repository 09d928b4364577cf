import type { WatchedText } from "../dialects/dialect.ts";

const space = 32;
const colon = 58;
const letterN = 110;

/** True when any of the texts stands in `bytes`; a member only with a value that does not begin like `null`. */
export function isWatched(bytes: Buffer, watch: readonly WatchedText[]): boolean {
  for (const text of watch) {
    for (let at = bytes.indexOf(text.bytes); at >= 0; at = bytes.indexOf(text.bytes, at + 1)) {
      if (!text.isMember || hasValue(bytes, at + text.bytes.length)) return true;
    }
  }
  return false;
}

function hasValue(bytes: Buffer, from: number): boolean {
  let position = from;
  while ((bytes[position] ?? 0) <= space && position < bytes.length) position += 1;
  if (bytes[position] !== colon) return false;
  position += 1;
  while ((bytes[position] ?? 0) <= space && position < bytes.length) position += 1;
  return bytes[position] !== letterN;
}
