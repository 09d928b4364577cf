/** Byte range of one value inside a JSON text: `text.subarray(start, end)` is the value as written. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;

/**
 * Finds the value at `path` (member names and array indices) without parsing the text, so that it can be passed on or
 * replaced exactly as it was written. Names may be written with escapes.
 * @param repeated which of several members of one name counts. `first` (the default) stops there, so that the text may still be
 *   on its way; `last` agrees with `JSON.parse` and needs the whole text.
 * @returns null when there is no such value, or the text stops being JSON before it is complete.
 */
export function jsonSpan(
  text: Buffer,
  path: readonly (string | number)[],
  repeated: "first" | "last" = "first",
): JsonSpan | null {
  let start = skipSpace(text, 0);
  for (const part of path) {
    const found =
      typeof part === "string" ? findMember(text, start, { name: part, repeated }) : findElement(text, start, part);
    if (found < 0) return null;
    start = found;
  }
  const end = skipValue(text, start);
  return end < 0 ? null : { start, end };
}

/** The text with other text in the place of `span`; every other byte stays as it is. */
export function spliceJson(text: Buffer, span: JsonSpan, replacement: string): Buffer {
  return Buffer.concat([text.subarray(0, span.start), Buffer.from(replacement), text.subarray(span.end)]);
}

/** The text at `path` when it is a JSON string; null otherwise. `repeated` as for `jsonSpan`. */
export function jsonText(
  text: Buffer,
  path: readonly (string | number)[],
  repeated: "first" | "last" = "first",
): string | null {
  const span = jsonSpan(text, path, repeated);
  if (span === null || text[span.start] !== QUOTE) return null;
  try {
    return JSON.parse(text.toString("utf8", span.start, span.end)) as string;
  } catch {
    return null;
  }
}

/** Position of the value of the member, or -1. */
function findMember(
  text: Buffer,
  start: number,
  wanted: { readonly name: string; readonly repeated: "first" | "last" },
): number {
  if (text[start] !== OPEN_BRACE) return -1;
  let found = -1;
  let position = skipSpace(text, start + 1);
  while (text[position] === QUOTE) {
    const keyEnd = skipString(text, position);
    if (keyEnd < 0) return -1;
    const isWanted = isName(text, { start: position, end: keyEnd }, wanted.name);
    position = skipSpace(text, keyEnd);
    if (text[position] !== COLON) return -1;
    position = skipSpace(text, position + 1);
    if (isWanted) {
      if (wanted.repeated === "first") return position;
      found = position;
    }
    position = nextItem(text, position);
  }
  return found;
}

/** Whether a quoted key is that name, however it is written. */
function isName(text: Buffer, { start, end }: JsonSpan, name: string): boolean {
  const sizeBytes = end - start - 2;
  if (sizeBytes < name.length) return false;
  if (sizeBytes === name.length) return isWrittenPlainly(text, start + 1, name);
  // Escapes, and characters beyond ASCII, take more bytes than they are characters, at most six for one.
  if (sizeBytes > name.length * 6 || !isWrittenOtherwise(text, start, end)) return false;
  try {
    return JSON.parse(text.toString("utf8", start, end)) === name;
  } catch {
    return false;
  }
}

function isWrittenOtherwise(text: Buffer, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const byte = text[index] as number;
    if (byte === BACKSLASH || byte > 0x7f) return true;
  }
  return false;
}

/** Whether `name` stands at `start`, a byte for each character. */
function isWrittenPlainly(text: Buffer, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index += 1) {
    const character = name.charCodeAt(index);
    if (character > 0x7f || text[start + index] !== character) return false;
  }
  return true;
}

function findElement(text: Buffer, start: number, index: number): number {
  if (text[start] !== OPEN_BRACKET) return -1;
  let position = skipSpace(text, start + 1);
  if (text[position] === CLOSE_BRACKET) return -1;
  for (let passed = 0; passed < index && position >= 0; passed += 1) position = nextItem(text, position);
  return position < text.length ? position : -1;
}

/** Position of the item after the value at `position`, or -1 when there is none. */
function nextItem(text: Buffer, position: number): number {
  const valueEnd = skipValue(text, position);
  if (valueEnd < 0) return -1;
  const after = skipSpace(text, valueEnd);
  return text[after] === COMMA ? skipSpace(text, after + 1) : -1;
}

function skipSpace(text: Buffer, position: number): number {
  let index = position;
  while (text[index] === 0x20 || text[index] === 0x0a || text[index] === 0x0d || text[index] === 0x09) index += 1;
  return index;
}

function skipString(text: Buffer, position: number): number {
  let end = position;
  for (;;) {
    end = text.indexOf(QUOTE, end + 1);
    if (end < 0) return -1;
    let backslashes = 0;
    while (text[end - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
}

function skipValue(text: Buffer, position: number): number {
  const first = text[position];
  if (first === QUOTE) return skipString(text, position);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(text, position);
  let end = position;
  while (end < text.length && !isDelimiter(text[end] as number)) end += 1;
  return end === position ? -1 : end;
}

function skipNested(text: Buffer, position: number): number {
  let depth = 0;
  for (let index = position; index < text.length; index += 1) {
    const byte = text[index];
    if (byte === QUOTE) {
      const end = skipString(text, index);
      if (end < 0) return -1;
      index = end - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return -1;
}

function isDelimiter(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte <= 0x20;
}
