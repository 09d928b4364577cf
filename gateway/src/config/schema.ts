import { z } from "zod";
import { baseUrlFault, baseUrlPattern } from "./base-url.ts";

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
  "cache_invalidate_on_update",
  "cache_ttl",
  "rate_limiting_interval",
  "rate_limiting_limit",
  "rate_limiting_technique",
  "authentication",
  "byok_only",
  "log_management",
  "log_management_strategy",
  "logpush",
  "logpush_public_key",
  "store_id",
  "workers_ai_billing_mode",
  "zdr",
  "dlp",
  "guardrails",
  "log_classification",
  "otel",
  "spend_limits",
  "stripe",
  "created_at",
  "modified_at",
  "is_default",
  "internal",
  "wholesale",
]);

const dayMs = 86_400_000;
const gibibyte = 1_073_741_824;

interface NumberMeaning {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

function integer(description: string, { min, max, default: fallback }: NumberMeaning) {
  return z.int().min(min).max(max).default(fallback).meta({ description });
}

function timeout(description: string, defaultMs: number) {
  return integer(description, { min: 0, max: dayMs, default: defaultMs });
}

/** A mapping whose keys may all be left out; the key with nothing behind it, as when every line below is commented out, counts as empty. */
function section<Shape extends z.ZodRawShape>(description: string, shape: Shape) {
  const object = z.strictObject(shape);
  return object
    .nullable()
    .transform((value): z.output<typeof object> => value ?? object.parse({}))
    .prefault({} as z.input<typeof object>)
    .meta({ description });
}

const name = z.string().regex(namePattern);

const gatewaySettings = section("Settings of one gateway, under the field names of Cloudflare AI Gateway.", {
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
  collect_logs: z.boolean().default(true).meta({
    description:
      "Whether a log row is kept of each exchange; `cf-aig-collect-log` overrides it. Analytics count every exchange.",
  }),
}).meta({ title: "gateway" });

const account = section("One account and its gateways; every account has a gateway `default`, listed or not.", {
  gateways: z.record(name, gatewaySettings).nullable().prefault({}).meta({
    description: "Gateways by id, the second part of `/v1/{account}/{gateway}/…`.",
  }),
}).meta({ title: "account" });

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
    dialect: z
      .enum(["openai-chat", "openai-responses", "anthropic-messages", "gemini", "cohere", "ollama", "opaque"])
      .optional()
      .meta({
        description:
          "Wire format of the answers, for usage and stream ends. Left out, custom providers take `openai-chat` and built-in ones keep their own.",
      }),
  })
  .meta({ title: "provider", description: "A replaced or custom upstream." });

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
  })
  .meta({ title: "Headgate configuration", description: "The file headgate.yaml." });

/** The file after validation, with defaults filled in. */
export type FileSettings = z.output<typeof fileSchema>;
