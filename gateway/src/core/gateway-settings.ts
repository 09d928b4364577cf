import type { NetworkConfig } from "./address-policy.ts";
import type { AlertWebhookSettings, LogpushTargetSettings, OtlpExporterSettings } from "./export-settings.ts";
import type { PriceOverrideSettings } from "./price-settings.ts";
import type { UsageBillingSettings } from "./usage-billing-settings.ts";
import type { SignInSettings } from "./sign-in-settings.ts";
import type { KeyRateLimit } from "./stored-key.ts";

/** How pauses between tries grow (reference §7.1). */
export type RetryBackoff = "constant" | "linear" | "exponential";

/** A JSON object whose members nobody here reads. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Settings of one gateway under the product's field names (reference §14.1). Those of features that are not there yet are kept
 * as they were given, so that what a client wrote comes back.
 */
export interface GatewaySettings {
  /** Whether every request needs a token of this gateway's account (reference §9.1). */
  readonly authentication: boolean;
  /** Whether a request without a provider credential of its own or a stored one is refused (reference §9.3). */
  readonly byok_only: boolean;
  /** Whether changing the gateway drops what is cached for it. */
  readonly cache_invalidate_on_update: boolean;
  /** Seconds; null and 0 switch the cache off. */
  readonly cache_ttl: number | null;
  /** What is cached and what counts as equal, in order; null for no rules. A field of our own. */
  readonly cache_rules: readonly JsonObject[] | null;
  /** Seconds beyond their lifetime that cached answers are served while new ones are got; null and 0 for none. A field of our own. */
  readonly cache_stale_while_revalidate: number | null;
  /** Seconds beyond their lifetime that cached answers are served when the provider fails; null and 0 for none. A field of our own. */
  readonly cache_stale_if_error: number | null;
  /** How alike questions have to be for one's answer to serve the other, 0.5 to 1; null for equal requests alone. A field of our own. */
  readonly cache_semantic: number | null;
  /** Length of the window in seconds; null and 0 switch the limit off. */
  readonly rate_limiting_interval: number | null;
  /** Requests in that window; null and 0 switch the limit off. */
  readonly rate_limiting_limit: number | null;
  readonly rate_limiting_technique: "fixed" | "sliding" | null;
  /** Total tries of a step, 1–5; null means one. */
  readonly retry_max_attempts: number | null;
  /** First pause between tries in milliseconds, 0–60000; null means the built-in default. */
  readonly retry_delay: number | null;
  readonly retry_backoff: RetryBackoff | null;
  /** Whether log rows are kept; analytics count every exchange. */
  readonly collect_logs: boolean;
  /** Most log rows kept; null for no bound. */
  readonly log_management: number | null;
  /** What happens at that bound; null means the oldest go. */
  readonly log_management_strategy: "STOP_INSERTING" | "DELETE_OLDEST" | null;
  readonly log_max_age_days: number | null;
  readonly log_max_bytes: number | null;
  readonly log_body_max_age_days: number | null;
  readonly log_body_max_bytes: number | null;
  readonly logpush: boolean;
  /** PEM; null unless logs are pushed. */
  readonly logpush_public_key: string | null;
  readonly otel: readonly OtlpExporterSettings[] | null;
  readonly log_classification: boolean;
  readonly store_id: string | null;
  readonly workers_ai_billing_mode: "postpaid" | "unified";
  readonly zdr: boolean;
  readonly dlp: JsonObject | null;
  readonly guardrails: JsonObject | null;
  readonly spend_limits: JsonObject | null;
  /** What is told to a billing service of each answered request. */
  readonly stripe: UsageBillingSettings | null;
}

/** Settings of a gateway of which nothing is said. */
export const defaultGatewaySettings: GatewaySettings = {
  authentication: false,
  byok_only: false,
  cache_invalidate_on_update: false,
  cache_ttl: null,
  cache_rules: null,
  cache_stale_while_revalidate: null,
  cache_stale_if_error: null,
  cache_semantic: null,
  rate_limiting_interval: null,
  rate_limiting_limit: null,
  rate_limiting_technique: null,
  retry_max_attempts: null,
  retry_delay: null,
  retry_backoff: null,
  collect_logs: true,
  log_management: null,
  log_management_strategy: null,
  log_max_age_days: null,
  log_max_bytes: null,
  log_body_max_age_days: null,
  log_body_max_bytes: null,
  logpush: false,
  logpush_public_key: null,
  otel: null,
  log_classification: false,
  store_id: null,
  workers_ai_billing_mode: "postpaid",
  zdr: false,
  dlp: null,
  guardrails: null,
  spend_limits: null,
  stripe: null,
};

/** The whole configuration as workers hold it: plain data, validated, never changed in place. */
export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  /** Number of proxy workers; 0 means one process with all roles. */
  readonly workers: number;
  /** Whether gateways that ask for no token may be reached from other machines. */
  readonly allowsOpen: boolean;
  /** Absolute path of the data directory. */
  readonly dataDirectory: string;
  readonly accounts: Readonly<Record<string, AccountConfig>>;
  /** By slug; keys starting with `custom-` declare custom providers. */
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  readonly timeouts: TimeoutConfig;
  readonly limits: LimitConfig;
  readonly streams: StreamConfig;
  readonly journal: JournalConfig;
  readonly logs: LogConfig;
  readonly cache: CacheConfig;
  readonly analytics: AnalyticsConfig;
  readonly audit: AuditConfig;
  readonly prices: PriceOverrideSettings;
  readonly network: NetworkConfig;
  readonly sign_in: SignInSettings;
  readonly billing: BillingConfig;
  /** Where operators are told of events; null for nowhere. */
  readonly alerts: { readonly webhook: AlertWebhookSettings | null };
}

/** The billing service that gateways tell what was used. */
export interface BillingConfig {
  /** Where usage events are posted; null for the service's own address. */
  readonly meter_events_url: string | null;
}

/** What the log store keeps. */
export interface LogConfig {
  /** Largest part of a request or answer body kept with its log row. */
  readonly max_body_bytes: number;
}

/** Room for cached answers in bytes; 0 for none. */
export interface CacheConfig {
  /** In the memory of each worker. */
  readonly max_memory_bytes: number;
  /** On the disk, for all workers together. */
  readonly max_disk_bytes: number;
  readonly semantic: SemanticConfig;
}

/** How questions are compared. */
export interface SemanticConfig {
  /** What makes vectors of them: the packaged model, a module or an endpoint named here, or nothing. */
  readonly encoder: "packaged" | "module" | "endpoint" | "none";
  /** Path of the module; null unless it is the encoder. */
  readonly module: string | null;
  readonly endpoint: EncoderEndpoint | null;
  /** What has to be the same besides: every word but synonyms, or only numbers, names, negation and the like. */
  readonly guards: "strict" | "basic";
  /** How long a request waits for it. */
  readonly timeout_ms: number;
  readonly max_entries: number;
  /** Questions that may wait for the encoder. */
  readonly max_waiting: number;
}

/** An endpoint that makes vectors. */
export interface EncoderEndpoint {
  readonly url: string;
  readonly model: string;
  /** Reference of its key, `env:NAME` or `file:PATH`; null for none. */
  readonly key: string | null;
}

/** How many days counts by minute, hour and day are kept. */
export interface AnalyticsConfig {
  readonly keep_minutes_days: number;
  readonly keep_hours_days: number;
  readonly keep_days_days: number;
}

/** How many days lines of the audit log are kept. */
export interface AuditConfig {
  readonly keep_days: number;
}

/** What is set for one account. */
export interface AccountConfig {
  readonly gateways: Readonly<Record<string, GatewaySettings>>;
  readonly logpush: readonly LogpushTargetSettings[];
  /** Custom providers of this account alone, by `custom-{slug}`. */
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  /** Stored keys of providers by gateway; absent for none. */
  readonly keys?: Readonly<Record<string, readonly KeyConfig[]>>;
  /** Limits and budgets of the account by name; absent for none. */
  readonly limits?: Readonly<Record<string, JsonObject>>;
  readonly budgets?: Readonly<Record<string, JsonObject>>;
}

/** A stored key that the configuration file names. */
export interface KeyConfig {
  /** Slug of the provider, or another name of it. */
  readonly provider: string;
  readonly alias: string;
  readonly isDefault: boolean;
  readonly weight: number;
  /** Where its secret is: `env:NAME` or `file:PATH`. */
  readonly reference: string;
  /** How often it may be used; absent for as often as anybody asks. */
  readonly rateLimit?: KeyRateLimit;
}

/** A replaced or custom upstream. */
export interface ProviderConfig {
  /** http or https, without query; may hold placeholders such as `{resource}` that the provider's path rule fills. */
  readonly base_url: string;
  /** Id of a dialect; built-in providers keep their own when absent. */
  readonly dialect: string | null;
  /**
   * Whether connections are held to `network`: true for a provider made through the API, whose URL is not the operator's own choice.
   * Absent means no.
   */
  readonly is_guarded?: boolean;
}

/** Time-outs in milliseconds; 0 switches one off. */
export interface TimeoutConfig {
  readonly connect_ms: number;
  readonly first_byte_ms: number;
  /** Longest silence between two pieces of an answer. */
  readonly idle_ms: number;
  readonly total_ms: number;
  /** How long a client may take to send a request head. */
  readonly client_head_ms: number;
  /** How long a client may take nothing of an answer before it is cut off. */
  readonly client_write_ms: number;
  /** How long an idle client connection is kept open. */
  readonly keep_alive_ms: number;
  /** How long running exchanges may go on after a stop was asked for. */
  readonly shutdown_ms: number;
}

/** Sizes of request bodies, in bytes. */
export interface LimitConfig {
  readonly max_body_bytes: number;
  /** Largest request body kept in memory so that a try can be repeated; larger ones are streamed through once. */
  readonly max_replay_bytes: number;
}

/** How streams are kept open. */
export interface StreamConfig {
  /** Silence after which an SSE comment is sent to the client, in milliseconds; 0 sends none. */
  readonly keep_alive_ms: number;
}

/** Sizes of the journal, in bytes. */
export interface JournalConfig {
  /** Size at which a journal segment is closed and a new one begun. */
  readonly segment_bytes: number;
  /** Bound on all segments together; the oldest go first. */
  readonly max_bytes: number;
}
