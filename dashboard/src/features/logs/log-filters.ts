/** A condition on logs as the API takes it; several are AND-ed, the values of one OR-ed. */
export interface LogFilter {
  readonly key: string;
  readonly operator: FilterOperator;
  readonly value: readonly FilterValue[];
}

export type FilterOperator = "eq" | "neq" | "contains" | "lt" | "gt";
export type FilterValue = string | number | boolean | null;

/** What values of a field are. */
export type FieldKind = "text" | "number" | "yes-no" | "time";

/** Something of a log that can be asked for. */
export interface FilterField {
  readonly key: string;
  readonly label: string;
  readonly kind: FieldKind;
  /** Behind a number: `USD`, `ms`. */
  readonly unit?: string;
}

const text = (key: string, label: string): FilterField => ({ key, label, kind: "text" });
const number = (key: string, label: string, unit?: string): FilterField => ({
  key,
  label,
  kind: "number",
  ...(unit === undefined ? {} : { unit }),
});
const yesNo = (key: string, label: string): FilterField => ({ key, label, kind: "yes-no" });

/** Every field that `GET …/logs` filters by (docs/reference/logs-api.md), but for entries of the metadata by name. */
export const filterFields: readonly FilterField[] = [
  yesNo("success", "Success"),
  number("status_code", "Status code"),
  text("provider", "Provider"),
  text("model", "Model"),
  number("duration", "Duration", "ms"),
  number("cost", "Cost", "USD"),
  number("tokens", "Tokens in and out"),
  number("tokens_in", "Tokens in"),
  number("tokens_out", "Tokens out"),
  yesNo("cached", "From cache"),
  text("user", "User"),
  number("feedback", "Feedback"),
  number("score", "Score"),
  { key: "created_at", label: "Time", kind: "time" },
  text("request_type", "Request type"),
  text("model_type", "Model type"),
  text("path", "Path"),
  text("outcome", "Outcome"),
  text("cost_state", "Cost state"),
  text("id", "Log id"),
  text("event_id", "Event id"),
  text("user_agent", "User agent"),
  text("request_content_type", "Request content type"),
  text("response_content_type", "Response content type"),
  yesNo("authentication", "Token given"),
  yesNo("byok", "With a stored key"),
  text("byok_alias", "Stored key"),
  yesNo("wholesale", "Wholesale"),
  yesNo("compatibilityMode", "Compatibility mode"),
  text("dlp_action", "DLP action"),
  text("prompts.prompt_id", "Prompt id"),
  text("prompts.version_id", "Prompt version"),
  text("metadata.key", "Metadata: any name"),
  text("metadata.value", "Metadata: any value"),
];

const entryPrefix = "metadata.entry.";

/** The key of the metadata entry with this name. */
export function metadataKey(name: string): string {
  return entryPrefix + name;
}

/** The field of a key; also of metadata entries, whose values are compared as texts. Undefined for what the API does not know. */
export function fieldOf(key: string): FilterField | undefined {
  const field = filterFields.find((each) => each.key === key);
  if (field !== undefined) return field;
  if (!key.startsWith("metadata.")) return undefined;
  const name = key.startsWith(entryPrefix) ? key.slice(entryPrefix.length) : key.slice("metadata.".length);
  return text(key, `Metadata ${name}`);
}

/** The operators that make sense for a field. */
export function operatorsOf(kind: FieldKind): readonly FilterOperator[] {
  if (kind === "yes-no") return ["eq"];
  return kind === "text" ? ["eq", "neq", "contains", "lt", "gt"] : ["eq", "neq", "gt", "lt"];
}

/** The filters among whatever a URL holds; what is none falls away, at most fifty stay. */
export function readFilters(value: unknown): readonly LogFilter[] {
  return Array.isArray(value) ? value.filter(isFilter).slice(0, 50) : [];
}

function isFilter(value: unknown): value is LogFilter {
  if (typeof value !== "object" || value === null) return false;
  const { key, operator, value: values } = value as Record<string, unknown>;
  const field = typeof key === "string" ? fieldOf(key) : undefined;
  return (
    field !== undefined &&
    operatorsOf(field.kind).includes(operator as FilterOperator) &&
    Array.isArray(values) &&
    values.length > 0 &&
    values.length <= 100 &&
    values.every((each) => each === null || ["string", "number", "boolean"].includes(typeof each))
  );
}

const operatorTexts: Readonly<Record<FieldKind, Readonly<Partial<Record<FilterOperator, string>>>>> = {
  text: { eq: "is", neq: "is not", contains: "contains", lt: "comes before", gt: "comes after" },
  number: { eq: "is", neq: "is not", lt: "is less than", gt: "is more than" },
  "yes-no": { eq: "is" },
  time: { eq: "is", neq: "is not", lt: "is before", gt: "is after" },
};

/** What an operator means for a field, in words. */
export function operatorText(kind: FieldKind, operator: FilterOperator): string {
  return operatorTexts[kind][operator] ?? operator;
}

/** A filter as a sentence: `Provider is openai or groq`. */
export function filterText({ key, operator, value }: LogFilter): string {
  const field = fieldOf(key) ?? text(key, key);
  const values = value.map((each) => {
    if (each === null || each === "") return "nothing";
    if (typeof each === "boolean") return each ? "yes" : "no";
    return field.unit === undefined ? String(each) : `${each} ${field.unit}`;
  });
  return `${field.label} ${operatorText(field.kind, operator)} ${values.join(" or ")}`;
}
