import { invalid } from "../../management/management-error.ts";
import { quoted } from "../../management/parse-query.ts";

/**
 * The members of an analytics query out of a URL: lists are repeated or joined by commas, `filters` is a JSON array, numbers and
 * booleans are written out. Nothing of their content is checked.
 * @throws ManagementError 400 code 7001 for a member that is unknown or given twice, and for `filters` that are no JSON.
 */
export function queryFromUrl(query: URLSearchParams): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    const read = Object.hasOwn(readers, name) ? readers[name as keyof typeof readers] : null;
    if (read === null)
      throw invalid(`Expected ${Object.keys(readers).join(", ")}, got ${quoted(name)}`, ["query", name]);
    members[name] = read(query.getAll(name), name);
  }
  return members;
}

const readers = {
  measures: list,
  dimensions: list,
  order: list,
  from: single,
  to: single,
  interval: single,
  time_zone: single,
  fill: (texts: string[], name: string) => ({ true: true, false: false })[single(texts, name)] ?? single(texts, name),
  limit(texts: string[], name: string) {
    const text = single(texts, name);
    return /^\d{1,9}$/.test(text) ? Number(text) : text;
  },
  filters(texts: string[], name: string): unknown {
    try {
      return JSON.parse(single(texts, name));
    } catch {
      throw invalid("Expected a JSON array of filters", ["query", name]);
    }
  },
};

function list(texts: string[]): string[] {
  return texts.flatMap((text) => text.split(",")).filter((part) => part !== "");
}

function single(texts: string[], name: string): string {
  if (texts.length > 1) throw invalid(`Expected ${name} once, got it ${texts.length} times`, ["query", name]);
  return texts[0] as string;
}
