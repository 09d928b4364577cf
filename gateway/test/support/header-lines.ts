import type { BodyFraming } from "./message-reader.ts";

/** Splits a field line at its first colon; the name keeps its case, the value loses surrounding blanks. */
export function splitHeaderLine(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(":");
  if (colon < 0) return [line, ""];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "")];
}

/** Every value under `name`, whatever its case, in order. */
export function headerLineValues(lines: readonly string[], name: string): string[] {
  const wanted = name.toLowerCase();
  const values: string[] = [];
  for (const line of lines) {
    const [candidate, value] = splitHeaderLine(line);
    if (candidate.toLowerCase() === wanted) values.push(value);
  }
  return values;
}

/** First value under `name`, or undefined. */
export function headerLineValue(lines: readonly string[], name: string): string | undefined {
  return headerLineValues(lines, name)[0];
}

/** How the body after these lines is framed when the message is not bodyless by its kind; null when nothing says so. */
export function declaredFraming(lines: readonly string[]): BodyFraming | null {
  if (headerLineValues(lines, "transfer-encoding").join(",").toLowerCase().includes("chunked"))
    return { kind: "chunked" };
  const length = headerLineValue(lines, "content-length");
  return length === undefined ? null : { kind: "length", bytes: Number(length) };
}
