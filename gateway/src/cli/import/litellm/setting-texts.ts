import type { Outcome } from "../import-draft.ts";

type Told = readonly [Exclude<Outcome, "mapped">, string];

const noDatabase: Told = ["nothing to do", "everything is kept in the data directory; no database is needed"];
const noRedis: Told = ["nothing to do", "counters and caches need no store of their own"];
const passesUnchanged: Told = ["not mapped", "requests pass unchanged"];
const onePool: Told = ["not mapped", "keys of one alias are chosen by weight, and rest after a refusal"];
const alerts: Told = ["not mapped", "alerts are not part of this version; metrics and logs tell of failures"];
const signIn: Told = ["not mapped", "set up who may sign in, and tokens, anew: see the guide on access"];
const bookkeeping: Told = ["nothing to do", "of no meaning here"];
const budget: Told = ["by hand", "set `budgets` of the account: dollars by calendar or in any span, split as you like"];
const atOnce: Told = ["by hand", "set `limits` of the account with `metric: concurrent`"];
const ownLogging: Told = ["nothing to do", "the processes write JSON lines"];

/** What is told of settings that have no place in headgate.yaml. Names are those of LiteLLM's reference of all settings. */
export const settingTexts: Readonly<Record<string, Told>> = {
  salt_key: ["by hand", "stored secrets are encrypted under HEADGATE_MASTER_KEY or a key made at the first start"],
  database_url: noDatabase,
  database_connection_pool_limit: noDatabase,
  database_connection_timeout: noDatabase,
  allow_requests_on_db_unavailable: noDatabase,
  store_model_in_db: noDatabase,
  disable_prisma_schema_update: noDatabase,
  proxy_batch_write_at: noDatabase,
  redis_host: noRedis,
  redis_port: noRedis,
  redis_password: noRedis,
  redis_db: noRedis,
  redis_url: noRedis,
  cache_kwargs: noRedis,
  client_ttl: bookkeeping,
  debug_level: ownLogging,
  set_verbose: ownLogging,
  json_logs: ownLogging,
  drop_params: passesUnchanged,
  modify_params: passesUnchanged,
  default_litellm_params: passesUnchanged,
  enforce_user_param: passesUnchanged,
  enforced_params: passesUnchanged,
  completion_model: passesUnchanged,
  routing_strategy: onePool,
  routing_strategy_args: onePool,
  allowed_fails: onePool,
  allowed_fails_policy: onePool,
  cooldown_time: onePool,
  disable_cooldowns: onePool,
  enable_pre_call_checks: ["not mapped", "the size of prompts is not checked before they are sent"],
  enable_tag_filtering: ["not mapped", "routing by tags is not part of this version"],
  tag_filtering_match_any: ["not mapped", "routing by tags is not part of this version"],
  retry_policy: ["not mapped", "one number of tries holds for every failure that another try may mend"],
  model_group_alias: ["by hand", "clients ask for the model by its provider's name"],
  context_window_fallbacks: ["not mapped", "steps of a universal request follow on any failure, not on this one alone"],
  content_policy_fallbacks: ["not mapped", "steps of a universal request follow on any failure, not on this one alone"],
  stream_timeout: ["by hand", "clients send `cf-aig-request-timeout` with streams"],
  max_parallel_requests: atOnce,
  global_max_parallel_requests: atOnce,
  default_max_parallel_requests: atOnce,
  max_budget: budget,
  budget_duration: budget,
  max_internal_user_budget: budget,
  internal_user_budget_duration: budget,
  default_internal_user_params: budget,
  alerting: alerts,
  alerting_threshold: alerts,
  alerting_args: alerts,
  alert_types: alerts,
  alert_to_webhook_url: alerts,
  custom_auth: signIn,
  custom_sso: signIn,
  enable_jwt_auth: signIn,
  litellm_jwtauth: signIn,
  enable_oauth2_auth: signIn,
  enable_oauth2_proxy_auth: signIn,
  ui_access_mode: signIn,
  allow_user_auth: signIn,
  allowed_ips: ["by hand", "tokens can be bound to address ranges"],
  allowed_routes: ["by hand", "tokens can be bound to gateways and models"],
  background_health_checks: ["nothing to do", "no requests are made that nobody asked for"],
  health_check_interval: ["nothing to do", "no requests are made that nobody asked for"],
  forward_client_headers_to_llm_api: ["nothing to do", "clients' headers are passed on anyway"],
  turn_off_message_logging: ["by hand", "clients send `cf-aig-collect-log-payload: false`"],
  store_prompts_in_spend_logs: ["by hand", "bodies are kept unless clients send `cf-aig-collect-log-payload: false`"],
  redact_user_api_key_info: ["nothing to do", "of a credential only a keyed hash is kept"],
  disable_end_user_cost_tracking: bookkeeping,
  litellm_license: bookkeeping,
  pass_through_endpoints: ["by hand", "declare a custom provider for each; its paths pass as they are"],
  key_management_system: ["by hand", "write secrets into variables or files; `env:` and `file:` name them"],
  key_management_settings: ["by hand", "write secrets into variables or files; `env:` and `file:` name them"],
};

/** Callbacks that have a counterpart. */
export const callbackTexts: Readonly<Record<string, string>> = {
  otel: "add exporters as `otel` of the gateway",
  arize: "add its OTLP endpoint to `otel` of the gateway",
  langfuse_otel: "add its OTLP endpoint to `otel` of the gateway",
  prometheus: "metrics are at /metrics",
  s3: "add a bucket to `logpush` of the account",
  s3_v2: "add a bucket to `logpush` of the account",
  generic_api: "add an endpoint to `logpush` of the account",
};
