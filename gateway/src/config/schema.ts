import { z } from "zod";
import { usageBillingSchema } from "../billing/usage-billing-settings.ts";
import { alertsSchema } from "./alerts-schema.ts";
import { baseUrlFault, baseUrlPattern } from "./base-url.ts";
import { cacheRulesSchema } from "../cache/cache-rule.ts";
import { budgetSchema } from "../limits/budget-settings.ts";
import { limitSchema } from "../limits/limit-settings.ts";
import { spendLimitsSchema } from "../limits/spend-limits.ts";
import { network } from "./network-schema.ts";
import { pricesSchema } from "./prices-schema.ts";
import { integer } from "./integer.ts";
import { section } from "./section.ts";
import { semanticSchema } from "./semantic-schema.ts";
import { signInSchema } from "./sign-in-schema.ts";
import { storedKeySchema } from "./stored-key-schema.ts";

/** Accounts, gateways and, after `custom-`, custom providers are named so. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Prefix of the keys that declare custom providers. */
export const customProviderPrefix = "custom-";

/**
 * Gateway fields of the product (reference §14.1) that do nothing here by now. They are refused by name, because a
 * setting that is silently ignored hurts more than one that stops the start.
 */
export const unsupportedGatewaySettings: ReadonlySet<string> = new Set([
  "id",
  "store_id",
  "workers_ai_billing_mode",
  "zdr",
  "dlp",
  "guardrails",
  "log_classification",
  "created_at",
  "modified_at",
  "is_default",
  "internal",
  "wholesale",
]);

/** Most limits, and most budgets, of an account. */
const MOST_RULES = 100;
const dayMs = 86_400_000;
const gibibyte = 1_073_741_824;

function timeout(description: string, defaultMs: number) {
  return integer(description, { min: 0, max: dayMs, default: defaultMs });
}

const name = z.string().regex(namePattern);

function retentionDays(description: string) {
  return z.number().positive().max(36_500).nullable().default(null).meta({ description });
}

function retentionBytes(description: string) {
  return z
    .int()
    .min(1_048_576)
    .max(1_048_576 * gibibyte)
    .nullable()
    .default(null)
    .meta({ description });
}

const headerValues = z.record(z.string(), z.string()).default({}).meta({ description: "Header fields to send." });

const otlpExporter = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).meta({ description: "Where spans are posted, used as it is." }),
    headers: headerValues,
    authorization: z.string().optional().meta({
      description: "Reference of a secret sent as `authorization`: `env:NAME` or `file:PATH`.",
    }),
    content_type: z.enum(["json", "protobuf"]).default("json").meta({ description: "Encoding of the spans." }),
  })
  .meta({ title: "exporter", description: "A collector that speaks OTLP/HTTP." });

const targetName = z
  .string()
  .regex(namePattern)
  .meta({ description: "Names the target; its waiting records are kept in a folder of this name." });

const logpushTarget = z
  .discriminatedUnion("type", [
    z.strictObject({
      name: targetName,
      type: z.literal("folder"),
      path: z.string().startsWith("/").meta({ description: "Absolute path of the folder; made if it is not there." }),
    }),
    z.strictObject({
      name: targetName,
      type: z.literal("http"),
      url: z.url({ protocol: /^https?$/ }).meta({ description: "Endpoint that takes a file in a POST." }),
      headers: headerValues,
      authorization: z.string().optional().meta({
        description: "Reference of a secret sent as `authorization`: `env:NAME` or `file:PATH`.",
      }),
    }),
    z.strictObject({
      name: targetName,
      type: z.literal("s3"),
      bucket: z.string().min(1).meta({ description: "Name of the bucket." }),
      prefix: z.string().optional().meta({ description: "Put before the names of files." }),
      region: z.string().optional().meta({ description: "Region of the bucket; `us-east-1` when absent." }),
      endpoint: z
        .url({ protocol: /^https?$/ })
        .optional()
        .meta({ description: "Address of another S3-like service." }),
      access_key_id: z.string().min(1).meta({ description: "Id of the access key." }),
      secret_access_key: z.string().min(1).meta({ description: "Reference of a secret: `env:NAME` or `file:PATH`." }),
    }),
  ])
  .meta({ title: "logpush target", description: "A folder, an HTTP endpoint or an S3 bucket that gets pushed logs." });

const gatewaySettings = section("Settings of one gateway, under the field names of Cloudflare AI Gateway.", {
  byok_only: z.boolean().default(false).meta({
    description: "Whether requests are refused for which there is neither a credential of their own nor a stored key.",
  }),
  keys: z.array(storedKeySchema).max(1000).nullable().default(null).meta({
    description:
      "Stored keys of providers: a list of `provider`, `alias`, `secret` (`env:NAME` or `file:PATH`), `weight` and `default`; see the guide on provider keys.",
  }),
  authentication: z.boolean().default(false).meta({
    description:
      "Whether every request needs an API token that may run this gateway, in `cf-aig-authorization`. Without it a gateway serves this machine alone, unless `HEADGATE_ALLOW_OPEN` is set.",
  }),
  cache_ttl: z.int().min(0).max(2_592_000).nullable().default(null).meta({
    description:
      "Seconds that answers are cached, at least 60; 0 and null cache only what a request's `cf-aig-cache-key` asks for.",
  }),
  cache_rules: cacheRulesSchema.default(null),
  cache_stale_while_revalidate: z.int().min(0).max(2_592_000).nullable().default(null).meta({
    description:
      "Seconds beyond its lifetime that an answer is still served while a new one is got in the background; null for none.",
  }),
  cache_stale_if_error: z.int().min(0).max(2_592_000).nullable().default(null).meta({
    description: "Seconds beyond its lifetime that an answer is still served when the provider fails; null for none.",
  }),
  cache_semantic: z.number().min(0.5).max(1).nullable().default(null).meta({
    description:
      "How alike two questions have to be for the answer of one to serve the other, by the cosine of their vectors; null for equal requests alone. See the guide on cached answers.",
  }),
  cache_invalidate_on_update: z.boolean().default(false).meta({
    description: "Whether a change of this gateway drops what is cached for it.",
  }),
  retry_max_attempts: z.int().min(1).max(5).nullable().default(null).meta({
    description:
      "Total tries of a step, the first one included; null means one. Request headers and step config override it.",
  }),
  retry_delay: z.int().min(0).max(60_000).nullable().default(null).meta({
    description: "First pause between two tries in milliseconds; null means the built-in pause.",
  }),
  retry_backoff: z.enum(["constant", "linear", "exponential"]).nullable().default(null).meta({
    description: "How pauses grow from try to try; null means the built-in growth.",
  }),
  rate_limiting_limit: z.int().min(0).max(1_000_000_000).nullable().default(null).meta({
    description: "Requests that the gateway admits in a window of `rate_limiting_interval`; null and 0 for no limit.",
  }),
  rate_limiting_interval: z.int().min(0).max(31_622_400).nullable().default(null).meta({
    description: "Length of that window in seconds; null and 0 for no limit.",
  }),
  rate_limiting_technique: z.enum(["fixed", "sliding"]).nullable().default(null).meta({
    description:
      "`fixed`: windows aligned to the clock, as 12:00 to 12:10; `sliding`: never more in any such span. Null means fixed.",
  }),
  spend_limits: spendLimitsSchema.default(null),
  collect_logs: z.boolean().default(true).meta({
    description:
      "Whether a log row is kept of each exchange; `cf-aig-collect-log` overrides it. Analytics count every exchange.",
  }),
  log_management: z.int().min(10_000).max(10_000_000).nullable().default(null).meta({
    description: "Most log rows kept of this gateway; null means no bound.",
  }),
  log_management_strategy: z.enum(["STOP_INSERTING", "DELETE_OLDEST"]).nullable().default(null).meta({
    description: "What happens at that bound: no new rows, or the oldest go; null means the oldest go.",
  }),
  log_max_age_days: retentionDays("Days a log row is kept; null means for good."),
  log_max_bytes: retentionBytes("Room for the log rows of this gateway; the oldest go. Null means no bound."),
  log_body_max_age_days: retentionDays("Days the bodies of a log row are kept; null means as long as the row."),
  log_body_max_bytes: retentionBytes("Room for the bodies of this gateway's logs; the oldest go. Null means no bound."),
  logpush: z.boolean().default(false).meta({
    description: "Whether logs are pushed to the account's `logpush` targets; needs `logpush_public_key`.",
  }),
  logpush_public_key: z.string().min(16).max(1024).nullable().default(null).meta({
    description: "RSA public key (PEM) with which metadata and bodies of pushed logs are encrypted.",
  }),
  otel: z.array(otlpExporter).nullable().default(null).meta({
    description: "Collectors that get a span of each exchange over OTLP/HTTP.",
  }),
  stripe: usageBillingSchema.default(null),
}).meta({ title: "gateway" });

/** Wire formats that custom providers may speak; the first is the usual one. */
export const customDialects = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini",
  "cohere",
  "ollama",
  "opaque",
] as const;

const provider = z
  .strictObject({
    base_url: z
      .string()
      .superRefine((value, context) => {
        const fault = baseUrlFault(value);
        if (fault !== null) context.addIssue({ code: "custom", message: fault });
      })
      .meta({
        description:
          "Upstream that replaces the built-in one, or the custom provider's own; http and private addresses are allowed. Built-in providers fill placeholders such as `{resource}`.",
        format: "uri-template",
        pattern: baseUrlPattern.source,
      }),
    dialect: z.enum(customDialects).optional().meta({
      description:
        "Wire format of the answers, for usage and stream ends. Left out, custom providers take `openai-chat` and built-in ones keep their own.",
    }),
  })
  .meta({ title: "provider", description: "A replaced or custom upstream." });

const account = section("One account and its gateways; every account has a gateway `default`, listed or not.", {
  gateways: z.record(name, gatewaySettings).nullable().prefault({}).meta({
    description: "Gateways by id, the second part of `/v1/{account}/{gateway}/…`.",
  }),
  logpush: z.array(logpushTarget).max(4).default([]).meta({
    description: "Where the logs of this account's gateways with `logpush: true` go; four at most.",
  }),
  providers: z.record(z.string(), provider).nullable().prefault({}).meta({
    description: "Custom providers of this account alone, by `custom-` and a name of your own.",
  }),
  limits: z
    .record(name, limitSchema.meta({ title: "limit", description: "A limit; see the guide on limits." }))
    .refine((all) => Object.keys(all).length <= MOST_RULES, { error: `expected at most ${MOST_RULES} limits` })
    .nullable()
    .prefault({})
    .meta({
      description: "Limits of requests, tokens, money or concurrency, by a name of your own.",
    }),
  budgets: z
    .record(name, budgetSchema.meta({ title: "budget", description: "A budget; see the guide on limits." }))
    .refine((all) => Object.keys(all).length <= MOST_RULES, { error: `expected at most ${MOST_RULES} budgets` })
    .nullable()
    .prefault({})
    .meta({
      description: "Budgets by a name of your own.",
    }),
}).meta({ title: "account" });

const timeouts = section("Time-outs in milliseconds; 0 switches one off.", {
  connect_ms: timeout("How long connecting to a provider may take, name lookup and TLS included.", 10_000),
  first_byte_ms: timeout("How long a provider may take from the request to the first byte of its answer.", 600_000),
  idle_ms: timeout("Longest silence between two pieces of an answer.", 300_000),
  total_ms: timeout("How long one try may take from its start to the last byte of the answer.", 0),
  client_head_ms: timeout("How long a client may take to send a request head.", 30_000),
  client_write_ms: timeout("How long a client may take nothing of an answer before it is cut off.", 60_000),
  keep_alive_ms: timeout("How long an idle client connection is kept open.", 75_000),
  shutdown_ms: timeout(
    "How long running exchanges may go on after a stop was asked for; 0 lets them end by themselves.",
    30_000,
  ),
});

const limits = section("Sizes in bytes.", {
  max_body_bytes: integer("Largest request body accepted; a larger one is answered with 413.", {
    min: 1,
    max: 1024 * gibibyte,
    default: 104_857_600,
  }),
  max_replay_bytes: integer(
    "Largest request body kept in memory so that a try can be repeated; larger ones are streamed through once.",
    { min: 0, max: gibibyte, default: 4_194_304 },
  ),
});

const streams = section("Event streams.", {
  keep_alive_ms: integer(
    "Silence after which a comment is sent to the client to keep proxies in front from closing the stream; 0 sends none.",
    { min: 0, max: 3_600_000, default: 0 },
  ),
});

const journalObject = section("The journal of exchange records in the data directory.", {
  segment_bytes: integer("Size at which a journal segment is closed and a new one begun.", {
    min: 65_536,
    max: 4 * gibibyte,
    default: 67_108_864,
  }),
  max_bytes: integer("Bound on all segments together, at least two of them; the oldest go first.", {
    min: 131_072,
    max: 1_048_576 * gibibyte,
    default: 2_147_483_648,
  }),
});

const journal = journalObject.superRefine((value, context) => {
  const least = 2 * value.segment_bytes;
  if (value.max_bytes >= least) return;
  context.addIssue({ code: "custom", path: ["max_bytes"], message: `expected at least twice segment_bytes, ${least}` });
});

const logs = section("The log store.", {
  max_body_bytes: integer("Largest part of a request or answer body that is kept with its log row.", {
    min: 0,
    max: 10_485_760,
    default: 1_048_576,
  }),
});

const cache = section("Room for cached answers; what was used longest ago goes first.", {
  max_memory_bytes: integer("Memory that each worker may use for answers it served last; 0 for none.", {
    min: 0,
    max: 64 * gibibyte,
    default: 67_108_864,
  }),
  max_disk_bytes: integer("Disk that answers may take up in the data directory, shared by all workers; 0 for none.", {
    min: 0,
    max: 1024 * gibibyte,
    default: 1_073_741_824,
  }),
  semantic: semanticSchema,
});

const analytics = section("Counts for analytics. Charts of older times come from the next wider ones.", {
  keep_minutes_days: integer("Days for which counts by minute are kept.", { min: 1, max: 400, default: 35 }),
  keep_hours_days: integer("Days for which counts by hour are kept.", { min: 2, max: 4000, default: 400 }),
  keep_days_days: integer("Days for which counts by day are kept.", { min: 2, max: 10_000, default: 3650 }),
});

const audit = section("The audit log: who changed what, and who signed in.", {
  keep_days: integer("Days for which its lines are kept.", { min: 30, max: 36_500, default: 400 }),
});

const billing = section("The billing service that gateways with `stripe` tell what was used.", {
  meter_events_url: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null)
    .meta({ description: "Where usage events are posted; null for the service's own address." }),
});

/**
 * The configuration file. Strict: an unknown key is an error. Every key carries its description, range and default,
 * from which the JSON Schema, the reference page and the "expected …" of error messages are made.
 */
export const fileSchema = z
  .strictObject({
    accounts: z.record(name, account).nullable().prefault({}).meta({
      description: "Accounts by id, the first part of `/v1/{account}/{gateway}/…`. With none there is `default`.",
    }),
    providers: z.record(z.string(), provider).nullable().prefault({}).meta({
      description: "Upstreams by provider: a built-in provider's slug, or `custom-` and a name of your own.",
    }),
    timeouts,
    limits,
    streams,
    journal,
    logs,
    cache,
    analytics,
    audit,
    network,
    sign_in: signInSchema
      .nullable()
      .transform((value) => value ?? { oidc: null })
      .prefault({})
      .meta({ description: "How people sign in beside passwords." }),
    prices: pricesSchema,
    billing,
    alerts: alertsSchema,
  })
  .meta({ title: "Headgate configuration", description: "The file headgate.yaml." });

/** The file after validation, with defaults filled in. */
export type FileSettings = z.output<typeof fileSchema>;
