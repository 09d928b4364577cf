const regexPrecursors = new Set("(,=:[!&|?{};+-*%~^<>");
const regexKeywords = /(?:^|[^\w$.])(?:return|typeof|case|in|of|void|delete|throw|new|do|else|yield|await)$/;

/**
 * TypeScript source with its comments blanked out; strings, templates and regular expressions stay.
 * Line breaks stay too, so line numbers hold. Good enough to search code for words, not a parser.
 */
export function stripComments(source: string): string {
  let kept = "";
  let index = 0;
  /** Brace depth at which each open template expression ends. */
  const templateDepths: number[] = [];
  let depth = 0;
  const copyTo = (end: number): void => {
    kept += source.slice(index, end);
    index = end;
  };
  while (index < source.length) {
    const character = source[index] as string;
    const pair = source.slice(index, index + 2);
    if (pair === "//") index = positionOf(source, "\n", index);
    else if (pair === "/*") {
      const end = Math.min(positionOf(source, "*/", index + 2) + 2, source.length);
      kept += source.slice(index, end).replaceAll(/[^\n]/g, " ");
      index = end;
    } else if (character === '"' || character === "'") copyTo(quotedEnd(source, index, character));
    else if (character === "`" || (character === "}" && templateDepths.at(-1) === depth)) {
      if (character === "}") templateDepths.pop();
      const end = templateEnd(source, index + 1);
      if (source[end - 1] === "{") templateDepths.push(depth);
      copyTo(end);
    } else if (character === "/" && startsRegex(kept)) copyTo(regexEnd(source, index));
    else {
      if (character === "{") depth += 1;
      if (character === "}") depth -= 1;
      copyTo(index + 1);
    }
  }
  return kept;
}

function positionOf(source: string, mark: string, from: number): number {
  const position = source.indexOf(mark, from);
  return position === -1 ? source.length : position;
}

function quotedEnd(source: string, start: number, quote: string): number {
  for (let index = start + 1; index < source.length; index += 1) {
    if (source[index] === "\\") index += 1;
    else if (source[index] === quote || source[index] === "\n") return index + 1;
  }
  return source.length;
}

/** After the closing back-tick, or after the `${` of an expression. */
function templateEnd(source: string, start: number): number {
  for (let index = start; index < source.length; index += 1) {
    if (source[index] === "\\") index += 1;
    else if (source[index] === "`") return index + 1;
    else if (source.startsWith("${", index)) return index + 2;
  }
  return source.length;
}

function startsRegex(before: string): boolean {
  const code = before.trimEnd();
  return code === "" || regexPrecursors.has(code.at(-1) as string) || regexKeywords.test(code.slice(-12));
}

function regexEnd(source: string, start: number): number {
  let inClass = false;
  for (let index = start + 1; index < source.length; index += 1) {
    const character = source[index];
    if (character === "\\") index += 1;
    else if (character === "[") inClass = true;
    else if (character === "]") inClass = false;
    else if (character === "\n" || (character === "/" && !inClass)) return index + 1;
  }
  return source.length;
}
