import { ProtocolError } from "./protocol-error.ts";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** True when `text` is a token (RFC 9110 §5.6.2): a method or a field name. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** True when `text` may stand in a field value: no CR, LF, NUL or other control but tab (RFC 9110 §5.5). */
export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text);
}

/**
 * Names that come all the time, as clients and providers write them, with what they are in lower case: they need no look at their
 * characters, and every message has the same text for them.
 */
const USUAL_NAMES: ReadonlyMap<string, string> = new Map(
  [
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Cache-Control",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "Cookie",
    "Date",
    "Host",
    "Server",
    "Set-Cookie",
    "Strict-Transport-Security",
    "Transfer-Encoding",
    "User-Agent",
    "Vary",
    "Via",
    "X-Api-Key",
    "X-Request-Id",
    "X-Content-Type-Options",
  ].flatMap((name) => [
    [name, name.toLowerCase()],
    [name.toLowerCase(), name.toLowerCase()],
  ]),
);

/**
 * Reads field lines into a flat list: lower-case name, value without surrounding white space.
 * @param lines the head split at CRLF; `first` is the index of the first field line.
 * @throws ProtocolError `malformed` for folded lines, white space before the colon, bare CR or LF, controls, empty names.
 */
export function parseFields(lines: readonly string[], first: number): string[] {
  const fields: string[] = [];
  for (let index = first; index < lines.length; index += 1) {
    const line = lines[index] as string;
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const usual = USUAL_NAMES.get(name);
    if (colon < 1 || (usual === undefined && !TOKEN.test(name))) {
      throw new ProtocolError("malformed", `field line ${index} is not "name: value"`);
    }
    const value = withoutBlanks(line, colon + 1);
    if (!FIELD_VALUE.test(value)) {
      throw new ProtocolError("malformed", `the value of field "${name}" holds a control character`);
    }
    fields.push(usual ?? name.toLowerCase(), value);
  }
  return fields;
}

/**
 * The rest of `line` from `start` without spaces and tabs around it: nothing else counts as white space in HTTP (RFC 9110 §5.6.3). No
 * pattern: one that looks for the end of every run of blanks takes the square of a long one.
 */
export function withoutBlanks(line: string, start: number): string {
  let first = start;
  let end = line.length;
  while (first < end && isBlank(line.charCodeAt(first))) first += 1;
  while (end > first && isBlank(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(first, end);
}

function isBlank(character: number): boolean {
  return character === 32 || character === 9;
}
