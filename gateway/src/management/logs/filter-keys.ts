import type { LogFilterKey, LogFilterOperator } from "../../stores/ports/log-store.ts";

/** What the values of a filter key are; decides which texts stand for one and which operators make sense. */
export type FilterKind = "text" | "number" | "usd" | "boolean" | "time" | "metadata";

/** The keys of reference §10.4 and those of our own, `outcome` and below. */
export const filterKinds: Readonly<Record<LogFilterKey, FilterKind>> = {
  id: "text",
  created_at: "time",
  request_content_type: "text",
  response_content_type: "text",
  request_type: "text",
  success: "boolean",
  cached: "boolean",
  provider: "text",
  model: "text",
  model_type: "text",
  cost: "usd",
  tokens: "number",
  tokens_in: "number",
  tokens_out: "number",
  duration: "number",
  feedback: "number",
  event_id: "text",
  "metadata.key": "text",
  "metadata.value": "metadata",
  authentication: "boolean",
  wholesale: "boolean",
  compatibilityMode: "boolean",
  dlp_action: "text",
  user_agent: "text",
  "prompts.prompt_id": "text",
  "prompts.version_id": "text",
  outcome: "text",
  path: "text",
  score: "number",
  status_code: "number",
  user: "text",
  cost_state: "text",
  byok: "boolean",
  byok_alias: "text",
};

const ordering: readonly LogFilterOperator[] = ["eq", "neq", "lt", "gt"];

/** The operators that make sense for a kind of values. */
export const filterOperators: Readonly<Record<FilterKind, readonly LogFilterOperator[]>> = {
  text: ["eq", "neq", "contains", "lt", "gt"],
  metadata: ["eq", "neq", "contains", "lt", "gt"],
  number: ordering,
  usd: ordering,
  time: ordering,
  boolean: ["eq", "neq"],
};
