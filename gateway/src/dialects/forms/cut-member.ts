import { jsonSpan } from "../../core/json-span.ts";

const COMMA = 0x2c;
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** A member that was cut out of a JSON object. */
export interface CutMember {
  /** The text without it. */
  readonly rest: Buffer;
  /** Its value. */
  readonly value: unknown;
}

/**
 * Cuts the member `name` out of a JSON object, every other byte stays; of repeated members the last. Null when there is none, or its
 * name is written with escapes.
 */
export function cutMember(text: Buffer, name: string): CutMember | null {
  const quoted = `"${name}"`;
  if (!text.includes(quoted)) return null;
  const span = jsonSpan(text, [name], "last");
  if (span === null) return null;
  let start = skipBack(text, span.start - 1);
  // The colon between name and value.
  start = skipBack(text, start - 1) + 1 - quoted.length;
  if (start < 0 || text.toString("latin1", start, start + quoted.length) !== quoted) return null;
  let { end } = span;
  let after = end;
  while (SPACE.has(text[after] ?? 0)) after += 1;
  const before = skipBack(text, start - 1);
  if (text[after] === COMMA) end = after + 1;
  else if (text[before] === COMMA) start = before;
  try {
    const value: unknown = JSON.parse(text.toString("utf8", span.start, span.end));
    return { rest: Buffer.concat([text.subarray(0, start), text.subarray(end)]), value };
  } catch {
    return null;
  }
}

/** Position of the last byte up to `at` that is no space. */
function skipBack(text: Buffer, at: number): number {
  let position = at;
  while (position >= 0 && SPACE.has(text[position] ?? 0)) position -= 1;
  return position;
}
