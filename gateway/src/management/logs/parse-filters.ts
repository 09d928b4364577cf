import type { LogFilter, LogFilterKey, LogFilterOperator, LogFilterValue } from "../../stores/ports/log-store.ts";
import { type FaultPath, invalid } from "../management-error.ts";
import { quoted } from "../parse-query.ts";
import { type FilterKind, filterKinds, filterOperators } from "./filter-keys.ts";
import { filterValues } from "./filter-values.ts";
import { type WireFilter, wireFilters } from "./wire-filters.ts";

/** Bounds that no honest question meets; they keep the statement asked of the store small. */
const maxFilters = 50;
const maxValues = 1000;

/**
 * The filters of a query, in either form of the wire, checked and with values of the types their keys have (reference §10.4).
 * `metadata.<name>` compares the value of that one entry; `metadata.entry.<name>` is the same for any name, `key` and `value` included.
 * @throws ManagementError 400 code 7001 with path `["query", "filters", index, member]` for what is none.
 */
export function parseFilters(query: URLSearchParams): LogFilter[] {
  const filters = wireFilters(query);
  if (filters.length > maxFilters) throw invalid(`Expected at most ${maxFilters} filters`, ["query", "filters"]);
  return filters.map((filter, index) => parseFilter(filter, ["query", "filters", index]));
}

function parseFilter({ key, operator, value }: WireFilter, path: FaultPath): LogFilter {
  const target = filterTarget(key, [...path, "key"]);
  const known = filterOperators[target.kind].find((each) => each === operator);
  if (known === undefined) {
    const expected = filterOperators[target.kind].join(", ");
    throw invalid(`Expected one of the operators ${expected} for this key, got ${quoted(operator)}`, [
      ...path,
      "operator",
    ]);
  }
  const given = valueList(value, [...path, "value"]);
  const values = given.flatMap((each, index) =>
    filterValues(each, { kind: target.kind, operator: known, path: [...path, "value", index] }),
  );
  return target.filter(known, values);
}

interface FilterTarget {
  readonly kind: FilterKind;
  readonly filter: (operator: LogFilterOperator, values: readonly LogFilterValue[]) => LogFilter;
}

function filterTarget(key: unknown, path: FaultPath): FilterTarget {
  if (typeof key === "string") {
    if (Object.hasOwn(filterKinds, key)) {
      const known = key as LogFilterKey;
      return { kind: filterKinds[known], filter: (operator, values) => ({ key: known, operator, values }) };
    }
    const name = /^metadata\.(?:entry\.)?(.+)$/su.exec(key)?.[1];
    if (name !== undefined) {
      return {
        kind: "metadata",
        filter: (operator, values) => ({ key: "metadata.entry", name, operator, values }),
      };
    }
  }
  const expected = Object.keys(filterKinds).join(", ");
  throw invalid(`Expected one of the keys ${expected} or metadata.<name>, got ${quoted(key)}`, path);
}

function valueList(value: unknown, path: FaultPath): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid("Expected a list of at least one value", path);
  if (value.length > maxValues) throw invalid(`Expected at most ${maxValues} values`, path);
  return value;
}
