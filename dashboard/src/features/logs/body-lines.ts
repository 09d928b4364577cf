/** Largest JSON that is laid out anew. */
const maxPrettyCharacters = 3_000_000;

/** JSON with line breaks, each event of a stream likewise left alone; anything else as it is. */
export function laidOut(text: string): string {
  if (text.length > maxPrettyCharacters || !/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Lines of at most `columns` characters; longer ones are cut, never inside of a character. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line.length <= columns) {
      lines.push(line);
      continue;
    }
    for (let from = 0; from < line.length;) {
      let to = Math.min(from + columns, line.length);
      if (to < line.length && isHighSurrogate(line.charCodeAt(to - 1))) to += 1;
      lines.push(line.slice(from, to));
      from = to;
    }
  }
  return lines;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** Indices of the lines that hold `needle`, whatever the case; at most 10,000. */
export function linesWith(lines: readonly string[], needle: string): number[] {
  if (needle === "") return [];
  const wanted = needle.toLowerCase();
  const found: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.toLowerCase().includes(wanted)) found.push(index);
    if (found.length === 10_000) break;
  }
  return found;
}

/** A piece of a line of laid out JSON, and what it is. */
export interface LinePart {
  readonly kind: "name" | "text" | "literal" | "rest";
  readonly text: string;
}

/** The name, the value and the signs of a line of laid out JSON. A line that holds something else is one rest. */
export function linePartsOf(line: string): readonly LinePart[] {
  const found = /^(\s*)("(?:[^"\\]|\\.)*"(?=:))?(: )?(.*)$/s.exec(line);
  const [, indent = "", name = "", colon = "", value = ""] = found ?? [];
  const kind = value.startsWith('"') ? "text" : /^(-?\d[\d.eE+-]*|true|false|null),?$/.test(value) ? "literal" : "rest";
  const parts: readonly LinePart[] = [
    { kind: "rest", text: indent },
    { kind: "name", text: name },
    { kind: "rest", text: colon },
    { kind, text: value },
  ];
  return parts.filter(({ text }) => text !== "");
}
