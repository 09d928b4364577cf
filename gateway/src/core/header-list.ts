/**
 * Field lines of one message, in the order they were received, flat: name, value, name, value …
 * Names are lower-case; values are byte strings (one character per byte, RFC 9110 §5.5) without surrounding white space.
 * A repeated name stays repeated, so `set-cookie` survives.
 */
export type HeaderList = readonly string[];

/** First value under a lower-case `name`, or undefined when the field is absent. */
export function headerValue(headers: HeaderList, name: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === name) return headers[index + 1];
  }
  return undefined;
}

/** How often a lower-case `name` occurs. */
export function headerCount(headers: HeaderList, name: string): number {
  let count = 0;
  for (let index = 0; index < headers.length; index += 2) if (headers[index] === name) count += 1;
  return count;
}

/** Every value under a lower-case `name`, in order; empty when the field is absent. */
export function headerValues(headers: HeaderList, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === name) values.push(headers[index + 1] as string);
  }
  return values;
}

/** The list without the fields whose lower-case names `isDropped` accepts; a new list. */
export function withoutHeaders(headers: HeaderList, isDropped: (name: string) => boolean): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (!isDropped(name)) kept.push(name, headers[index + 1] as string);
  }
  return kept;
}

/** The list with `name` set to exactly one `value`; earlier fields of that name are removed. */
export function withHeader(headers: HeaderList, name: string, value: string): string[] {
  const changed = withoutHeaders(headers, (candidate) => candidate === name);
  changed.push(name, value);
  return changed;
}
