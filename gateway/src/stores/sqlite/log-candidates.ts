import { splitShownModel } from "../../core/shown-model.ts";
import type { LogFilter, LogFilterValue, LogQuery } from "../ports/log-store.ts";
import type { GatewayRow } from "./log-gateways.ts";
import { firstSequence, sequenceAt, sequenceReach } from "./log-sequence.ts";
import { metadataWord } from "./metadata-words.ts";
import { matchExpression } from "./search-words.ts";
import type { SqlFragment } from "./sql-fragment.ts";

/**
 * Where the rows of a query may be found: an index, or a few places in one, that has them in the order of sequences. All
 * matches are among the candidates; `remaining` are the filters that candidates still have to be asked.
 */
export interface LogCandidates {
  /** Statements that give `sequence`, each to be closed with bounds on `bounded`; together they name no row twice. */
  readonly sources: readonly (SqlFragment & { readonly bounded: string })[];
  readonly remaining: readonly LogFilter[];
  /** True when nothing narrower than the gateway was found. */
  readonly isWhole: boolean;
  /** Sequences from `from` on and before `before`. */
  readonly from: number;
  readonly before: number;
}

/** Columns with an index of their own behind the gateway, the more telling first. */
const indexedKeys = [
  { key: "success", value: false, source: "logs INDEXED BY logs_by_success", column: "success" },
  { key: "cached", value: true, source: "logs INDEXED BY logs_by_cached", column: "cached" },
  { key: "model", source: "logs INDEXED BY logs_by_model", column: "model" },
  { key: "provider", source: "logs INDEXED BY logs_by_provider", column: "provider" },
  { key: "success", source: "logs INDEXED BY logs_by_success", column: "success" },
  { key: "cached", source: "logs INDEXED BY logs_by_cached", column: "cached" },
] as const;

/** More places than this are not worth merging. */
const maxSources = 20;

/** Chooses the narrowest place for a query over one gateway. */
export function logCandidates(gateway: GatewayRow, query: Pick<LogQuery, "filters" | "search">): LogCandidates {
  const range = sequenceRange(query.filters, gateway.skew_ms);
  const { filters } = query;
  const match = query.search === null ? null : matchExpression(gateway.gateway, query.search);
  const searched = match === null ? null : place("log_search", { sql: "log_search MATCH ?", values: [match] }, "rowid");
  const chosen =
    byIds(filters) ??
    (searched === null ? byMetadata(gateway, filters) : null) ??
    (searched === null ? byIndexedColumn(gateway, filters) : null);
  if (chosen !== null) {
    const sources = chosen.sources;
    return {
      sources: searched === null ? sources : sources.map((source) => within(source, match)),
      remaining: chosen.remaining,
      isWhole: false,
      ...range,
    };
  }
  const all = place("logs INDEXED BY logs_by_gateway", { sql: "gateway = ?", values: [gateway.gateway] });
  return { sources: [searched ?? all], remaining: filters, isWhole: searched === null, ...range };
}

type Source = LogCandidates["sources"][number];

interface Chosen {
  readonly sources: readonly Source[];
  readonly remaining: readonly LogFilter[];
}

/** Statement over a table, or an index of it, with the column that holds the sequence. */
function place(from: string, condition: SqlFragment, bounded = "sequence"): Source {
  const sql = `SELECT ${bounded} AS sequence FROM ${from} WHERE ${condition.sql}`;
  return { sql, values: condition.values, bounded };
}

/** Rows of a source that a search finds, too. */
function within(source: Source, match: string | null): Source {
  if (match === null) return source;
  return {
    ...source,
    sql: `${source.sql} AND ${source.bounded} IN (SELECT rowid FROM log_search WHERE log_search MATCH ?)`,
    values: [...source.values, match],
  };
}

/**
 * An id, or an event's ids, leave a handful of rows. The filter stays among the remaining ones, and with it the question whose rows
 * these are.
 */
function byIds(filters: readonly LogFilter[]): Chosen | null {
  const filter = filters.find(({ key, operator }) => (key === "id" || key === "event_id") && operator === "eq");
  if (filter === undefined) return null;
  const ids = [...new Set(filter.values.filter((value) => typeof value === "string"))];
  if (ids.length > maxSources / 2) return null;
  const sources = ids.flatMap((id) => [
    ...placeOfId(id),
    ...(filter.key === "id" ? [] : [place("logs INDEXED BY logs_by_event", { sql: "event_id = ?", values: [id] })]),
  ]);
  return { sources: sources.length === 0 ? [place("logs", { sql: "0", values: [] })] : sources, remaining: filters };
}

function placeOfId(id: string): Source[] {
  const first = firstSequence(id);
  if (first === null) return [];
  return [place("logs", { sql: "sequence BETWEEN ? AND ? AND id = ?", values: [first, first + sequenceReach, id] })];
}

/** The filter stays among the remaining ones, because two entries may share a word. */
function byMetadata({ gateway }: GatewayRow, filters: readonly LogFilter[]): Chosen | null {
  for (const filter of filters) {
    if (filter.key !== "metadata.entry" || filter.operator !== "eq") continue;
    const words = filter.values.flatMap((value) =>
      value === null ? [] : [`"${metadataWord(gateway, filter.name, String(value))}"`],
    );
    if (words.length === 0 || words.length > maxSources) continue;
    const match: SqlFragment = { sql: "log_entries MATCH ?", values: [[...new Set(words)].join(" OR ")] };
    return { sources: [place("log_entries", match, "rowid")], remaining: filters };
  }
  return null;
}

function byIndexedColumn({ gateway }: GatewayRow, filters: readonly LogFilter[]): Chosen | null {
  for (const index of indexedKeys) {
    const filter = filters.find(({ key, operator }) => key === index.key && operator === "eq");
    if (filter === undefined || filter.values.length === 0 || filter.values.length > maxSources) continue;
    const values = [...new Set(filter.values)];
    const type = index.key === "success" || index.key === "cached" ? "boolean" : "string";
    if (values.some((value) => typeof value !== type)) continue;
    if ("value" in index && (values.length > 1 || values[0] !== index.value)) continue;
    const isShown = index.key === "model" && values.some((value) => splitShownModel(String(value)) !== null);
    const places = isShown ? withOwnNames(values) : values;
    const sources = places.map((value) =>
      place(index.source, {
        sql: `gateway = ? AND ${index.column} = ?`,
        values: [gateway, typeof value === "boolean" ? Number(value) : value],
      }),
    );
    // A model's own name is found at other providers, too.
    return { sources, remaining: isShown ? filters : filters.filter((other) => other !== filter) };
  }
  return null;
}

/** Models as they are given, and by their own names where a provider is in front. */
function withOwnNames(values: readonly LogFilterValue[]): LogFilterValue[] {
  const own = values.flatMap((value) => splitShownModel(String(value))?.model ?? []);
  return [...new Set([...values, ...own])];
}

/** What the filters on `created_at` mean for sequences, wide enough for ids made a little before or after that time. */
function sequenceRange(filters: readonly LogFilter[], skewMs: number): Pick<LogCandidates, "from" | "before"> {
  let from = 0;
  let before = Number.MAX_SAFE_INTEGER;
  for (const { key, operator, values } of filters) {
    const times = values.filter((value) => typeof value === "number");
    if (key !== "created_at" || times.length === 0 || values.includes(null)) continue;
    if (operator === "gt" || operator === "eq") from = Math.max(from, sequenceAt(Math.min(...times) - skewMs));
    if (operator === "lt" || operator === "eq") {
      before = Math.min(before, sequenceAt(Math.max(...times) + skewMs + 1) + sequenceReach);
    }
  }
  return { from, before };
}
