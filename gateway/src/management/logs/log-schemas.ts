import { z } from "zod";

const text = z.string().nullable();
const count = z.int().nullable();

/** A log as the list shows it (reference §10.2). */
export const logSchema = z
  .object({
    id: z.string().meta({ description: "Log id; sorts by time." }),
    event_id: z.string().meta({ description: "Shared by all attempts of one request." }),
    created_at: z.iso.datetime(),
    provider: z.string(),
    model: z.string().meta({ description: "provider/model, or unknown." }),
    model_type: text.meta({ description: "Kind of work: chat, embeddings, image, …" }),
    path: z.string(),
    duration: z.int().meta({ description: "Milliseconds." }),
    request_type: z.string(),
    request_content_type: text,
    response_content_type: text,
    status_code: z.int(),
    success: z.boolean(),
    cached: z.boolean(),
    tokens_in: count,
    tokens_out: count,
    cost: z.number().nullable().meta({ description: "US dollars; null while the model has no price." }),
    custom_cost: z.boolean().meta({ description: "Whether the request told its cost itself." }),
    step: z.int().meta({ description: "Step of a request with fallbacks, from 0 on." }),
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    usage_metadata: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .meta({ description: "What the provider said it used." }),
    timings: z.object({ total: z.int(), latency: z.int() }),
    location: z.object({ region: z.string(), colo: z.string() }),
    feedback: z.number().nullable(),
    score: z.number().nullable(),
    prompts: z.null(),
    guardrails: z.null(),
    authentication: z.boolean(),
    wholesale: z.boolean(),
    byok: z.boolean(),
    user_agent: text,
    dlp_action: text,
    dlp_profiles: z.null(),
    request: z.string(),
    response: z.string(),
    request_id: z.string(),
    trace_id: z.string(),
    method: z.string(),
    attempt: z.int().meta({ description: "Try of the step, from 1 on." }),
    outcome: z.string().meta({ description: "How the attempt ended: complete, timeout, client_aborted, …" }),
    error_code: count.meta({ description: "Code of the gateway's own error; null for others." }),
    cause: text,
    streamed: z.boolean(),
    user: text,
    byok_alias: text.meta({ description: "Alias of the stored key it was sent with; null for none." }),
    token_id: text,
    cache_status: text,
    cost_state: z.string().meta({ description: "priced, custom, unpriced or none." }),
    price_version: text,
    usage_estimated: z.boolean(),
    time_to_first_byte: count.meta({ description: "Milliseconds." }),
    overhead: z.number().meta({ description: "Milliseconds spent in the gateway itself." }),
  })
  .meta({ id: "Log", description: "One attempt at one provider." });

const headers = z.record(z.string(), z.string());

/** One log with what a caller may see of its bodies. */
export const logDetailSchema = logSchema
  .extend({
    request_size: z.int().meta({ description: "Bytes." }),
    response_size: z.int().meta({ description: "Bytes." }),
    request_head: z.string().optional().meta({ description: "Beginning of the body that was sent." }),
    request_head_complete: z.boolean().optional(),
    response_head: z.string().optional().meta({ description: "Beginning of the body that was answered." }),
    response_head_complete: z.boolean().optional(),
    request_headers: headers.optional().meta({ description: "Fields that may be kept." }),
    response_headers: headers.optional(),
  })
  .meta({ id: "LogDetail", description: "One log; bodies and headers for callers who may read bodies." });

/** Answer of the deletion. */
export const deletedSchema = z.object({ success: z.literal(true), deleted: z.int() });
