import type { LogFilter, LogFilterKey, LogFilterOperator, LogFilterValue } from "../ports/log-store.ts";
import { splitShownModel } from "../../core/shown-model.ts";
import { allOf, anyOf, noneOf, places, type SqlFragment, type SqlValue } from "./sql-fragment.ts";

interface FilterColumn {
  /** Over a row of `logs`. */
  readonly expression: string;
  readonly holds: "text" | "number" | "boolean";
}

const text = (expression: string): FilterColumn => ({ expression, holds: "text" });
const number = (expression: string): FilterColumn => ({ expression, holds: "number" });
const boolean = (expression: string): FilterColumn => ({ expression, holds: "boolean" });

/** Keys the gateway knows nothing of by now are what they would be without the feature: false, or null. */
const columns: Readonly<Record<Exclude<LogFilterKey, "metadata.key" | "metadata.value">, FilterColumn>> = {
  id: text("logs.id"),
  created_at: number("logs.created_at_ms"),
  request_content_type: text("logs.request_content_type"),
  response_content_type: text("logs.response_content_type"),
  request_type: text("logs.request_type"),
  success: boolean("logs.success"),
  cached: boolean("logs.cached"),
  provider: text("logs.provider"),
  model: text("logs.model"),
  model_type: text("logs.model_type"),
  cost: number("logs.cost_nano_usd"),
  tokens: number("coalesce(logs.tokens_in + coalesce(logs.tokens_out, 0), logs.tokens_out)"),
  tokens_in: number("logs.tokens_in"),
  tokens_out: number("logs.tokens_out"),
  duration: number("logs.duration_ms"),
  feedback: number("logs.feedback"),
  score: number("logs.score"),
  event_id: text("coalesce(logs.event_id, logs.id)"),
  status_code: number("logs.status_code"),
  outcome: text("logs.outcome"),
  path: text("logs.path"),
  user_agent: text("logs.user_agent"),
  user: text("logs.user_key"),
  cost_state: text("logs.cost_state"),
  authentication: boolean("(logs.token_id IS NOT NULL)"),
  byok: boolean("(logs.key_alias IS NOT NULL)"),
  byok_alias: text("logs.key_alias"),
  wholesale: boolean("0"),
  compatibilityMode: boolean("0"),
  dlp_action: text("NULL"),
  "prompts.prompt_id": text("NULL"),
  "prompts.version_id": text("NULL"),
};

/** Holds a model's own name, too. */
const shownModel = text("(logs.provider || '/' || logs.model)");

/** The condition that rows of `logs` fulfil when all filters hold. Values never become part of the SQL text. */
export function filterCondition(filters: readonly LogFilter[]): SqlFragment {
  return allOf(filters.map(conditionOf));
}

function conditionOf(filter: LogFilter): SqlFragment {
  const { key, operator, values } = filter;
  const isNegated = operator === "neq";
  const positive = isNegated ? "eq" : operator;
  let condition: SqlFragment;
  if (key === "metadata.entry") condition = entryWhere(valueCondition(positive, values), filter.name);
  else if (key === "metadata.value") condition = entryWhere(valueCondition(positive, values), null);
  else if (key === "metadata.key") condition = entryWhere(keyCondition(positive, values), null);
  else if (key === "model") condition = modelCondition(positive, values);
  else condition = columnCondition(columns[key], positive, values);
  return isNegated ? noneOf(condition) : condition;
}

type PositiveOperator = Exclude<LogFilterOperator, "neq">;

function columnCondition(
  { expression, holds }: FilterColumn,
  operator: PositiveOperator,
  values: readonly LogFilterValue[],
): SqlFragment {
  // The plus keeps an index on the column out of it: which rows to look at is decided elsewhere.
  const column = `+${expression}`;
  const fitting = values.flatMap((value) => fittingValue(holds, value));
  if (operator === "eq") {
    const parts = [{ sql: `${column} IN (${places(fitting)})`, values: fitting }];
    if (values.includes(null)) parts.push({ sql: `${column} IS NULL`, values: [] });
    return anyOf(parts);
  }
  return anyOf(fitting.map((value) => comparison(column, operator, { value, holds })));
}

/** A model is found by its own name and as logs show it, `provider/model`. */
function modelCondition(operator: PositiveOperator, values: readonly LogFilterValue[]): SqlFragment {
  if (operator === "contains") return columnCondition(shownModel, operator, values);
  const named = columnCondition(columns.model, operator, values);
  if (operator !== "eq") return named;
  const shown = values.flatMap((value) => (typeof value === "string" ? (splitShownModel(value) ?? []) : []));
  const pairs = shown.map(({ provider, model }) => ({
    sql: "(+logs.provider = ? AND +logs.model = ?)",
    values: [provider, model],
  }));
  return anyOf([named, ...pairs]);
}

function comparison(
  expression: string,
  operator: Exclude<PositiveOperator, "eq">,
  { value, holds }: { value: SqlValue; holds: FilterColumn["holds"] },
): SqlFragment {
  if (operator !== "contains") return { sql: `${expression} ${operator === "lt" ? "<" : ">"} ?`, values: [value] };
  if (holds !== "text") return { sql: "0", values: [] };
  return { sql: `instr(lower(${expression}), lower(?)) > 0`, values: [value] };
}

/** The value as the column has it; nothing for null and for values of another type. */
function fittingValue(holds: FilterColumn["holds"], value: LogFilterValue): SqlValue[] {
  if (holds === "boolean") return typeof value === "boolean" ? [value ? 1 : 0] : [];
  if (holds === "number") return typeof value === "number" && Number.isFinite(value) ? [value] : [];
  return typeof value === "string" ? [value] : [];
}

/** Some entry of the row's metadata fulfils the condition and, unless null, has the name. */
function entryWhere(condition: SqlFragment, name: string | null): SqlFragment {
  const named = name === null ? condition : allOf([{ sql: "entry.key = ?", values: [name] }, condition]);
  const entries = "json_each((SELECT metadata FROM log_details WHERE log_details.sequence = logs.sequence)) AS entry";
  return { sql: `EXISTS (SELECT 1 FROM ${entries} WHERE ${named.sql})`, values: named.values };
}

function keyCondition(operator: PositiveOperator, values: readonly LogFilterValue[]): SqlFragment {
  const names = values.filter((value) => typeof value === "string");
  if (operator === "eq") return { sql: `entry.key IN (${places(names)})`, values: names };
  return anyOf(names.map((value) => comparison("entry.key", operator, { value, holds: "text" })));
}

/** Metadata compares by its text, so that `"42"` out of a URL finds the number: see `metadataCandidates`. */
function valueCondition(operator: PositiveOperator, values: readonly LogFilterValue[]): SqlFragment {
  if (operator === "eq") return anyOf(values.flatMap(metadataCandidates).map(entryIs));
  if (operator === "contains") {
    const parts = values.filter((value) => typeof value === "string");
    const contains = parts.map((value) => comparison("entry.atom", "contains", { value, holds: "text" }));
    return allOf([{ sql: "entry.type = 'text'", values: [] }, anyOf(contains)]);
  }
  return anyOf(values.flatMap((value) => orderedEntry(operator, value)));
}

function entryIs(candidate: string | number | boolean): SqlFragment {
  if (typeof candidate === "boolean") return { sql: `entry.type = '${candidate}'`, values: [] };
  const types = typeof candidate === "string" ? "'text'" : "'integer', 'real'";
  return { sql: `entry.type IN (${types}) AND entry.atom = ?`, values: [candidate] };
}

function orderedEntry(operator: "lt" | "gt", value: LogFilterValue): SqlFragment[] {
  const candidates = metadataCandidates(value);
  const asNumber = candidates.find((candidate) => typeof candidate === "number");
  const wanted = asNumber ?? candidates.find((candidate) => typeof candidate === "string");
  if (wanted === undefined || typeof value === "boolean") return [];
  const types = asNumber === undefined ? "'text'" : "'integer', 'real'";
  return [{ sql: `entry.type IN (${types}) AND entry.atom ${operator === "lt" ? "<" : ">"} ?`, values: [wanted] }];
}

/** Metadata values whose text is the value's text: itself, and what else reads the same. */
function metadataCandidates(value: LogFilterValue): (string | number | boolean)[] {
  if (value === null) return [];
  const written = String(value);
  const candidates: (string | number | boolean)[] = [written];
  if (written === "true" || written === "false") candidates.push(written === "true");
  const numeric = Number(written);
  if (Number.isFinite(numeric) && String(numeric) === written) candidates.push(numeric);
  return candidates;
}
