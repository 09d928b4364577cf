import { type FaultPath, invalid } from "../management-error.ts";

/** A filter as a client wrote it; nothing of it is checked yet. */
export interface WireFilter {
  readonly key: unknown;
  readonly operator: unknown;
  /** Absent values give an empty list. */
  readonly value: unknown;
}

const memberNames = ["key", "operator", "value"] as const;
type MemberName = (typeof memberNames)[number];

/**
 * The filters of a query in both forms of the wire (reference §10.4), those of the JSON form first:
 * `filters=[{"key":…,"operator":…,"value":[…]}]`, and the dotted form `filters.key=…&filters.operator=…&filters.value=…` whose pairs
 * count in their order. A dotted filter begins where the member that opened the one before comes again after another member.
 * @throws ManagementError 400 code 7001 for JSON that is none, and for a dotted member given twice.
 */
export function wireFilters(query: URLSearchParams): WireFilter[] {
  return [...query.getAll("filters").flatMap(jsonFilters), ...dottedFilters(query)];
}

const filtersPath: FaultPath = ["query", "filters"];

function jsonFilters(text: string): WireFilter[] {
  const list = parseJson(text);
  if (!Array.isArray(list)) throw invalid("Expected a JSON array of filters", filtersPath);
  return list.map((filter: unknown, index) => {
    if (typeof filter !== "object" || filter === null || Array.isArray(filter)) {
      throw invalid("Expected an object with key, operator and value", [...filtersPath, index]);
    }
    const { key, operator, value } = filter as Record<string, unknown>;
    return { key, operator, value };
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface DottedFilter {
  readonly opener: MemberName;
  readonly members: Map<MemberName, string[]>;
}

function dottedFilters(query: URLSearchParams): WireFilter[] {
  const filters: DottedFilter[] = [];
  let current: DottedFilter | null = null;
  for (const [name, text] of query) {
    const member = memberNames.find((each) => name === `filters.${each}`);
    if (member === undefined) continue;
    if (current === null || (member === current.opener && current.members.size > 1)) {
      current = { opener: member, members: new Map() };
      filters.push(current);
    }
    current.members.set(member, [...(current.members.get(member) ?? []), text]);
  }
  return filters.map(({ members }, index) => ({
    key: single(members, "key", index),
    operator: single(members, "operator", index),
    value: members.get("value") ?? [],
  }));
}

function single(members: DottedFilter["members"], member: MemberName, index: number): string | undefined {
  const texts = members.get(member) ?? [];
  if (texts.length > 1) throw invalid(`Expected one ${member} for a filter`, [...filtersPath, index, member]);
  return texts[0];
}
