import type { ExchangeRecord } from "../core/exchange.ts";
import { usdText } from "../core/money.ts";
import type { UsageEvent } from "../core/usage-event.ts";
import { fillTemplate, metadataKey, type UsageEventTemplate } from "./usage-event-template.ts";

/** The events of a record, and how many could not be made because nothing is known of something they tell. */
export interface UsageEvents {
  readonly events: readonly UsageEvent[];
  readonly incomplete: number;
}

const none: UsageEvents = { events: [], incomplete: 0 };

/**
 * The events of one attempt, each named after its record and its place among the templates. Told is what a provider answered: whole, or until the client left.
 * Failures, refusals, answers out of the cache and what used nothing are not, as with the product.
 */
export function usageEventsOf(record: ExchangeRecord, templates: readonly UsageEventTemplate[]): UsageEvents {
  if (!isTold(record)) return none;
  const valueOf = (name: string): string | null => variableOf(record, name);
  const filled = templates.map((template) => fillTemplate(template, valueOf));
  const events = filled.flatMap((event, index) =>
    "missing" in event ? [] : [{ ...event, identifier: `${record.id}-${index}`, atMs: record.createdAtMs }],
  );
  return { events, incomplete: filled.length - events.length };
}

function isTold({ success, outcome, statusCode, cacheStatus, usage, cost }: ExchangeRecord): boolean {
  if (cacheStatus === "HIT" || (usage === null && cost.nanoUsd === null)) return false;
  return success || (outcome === "client_aborted" && statusCode >= 200 && statusCode < 300);
}

function variableOf({ model, provider, usage, cost, metadata }: ExchangeRecord, name: string): string | null {
  const key = metadataKey(name);
  if (key !== null) return metadata !== null && Object.hasOwn(metadata, key) ? String(metadata[key]) : null;
  const tokens = (count: number | undefined): string | null => (usage === null ? null : String(count ?? 0));
  switch (name) {
    case "cost":
      return cost.nanoUsd === null ? null : usdText(cost.nanoUsd);
    case "cost_nano_usd":
      return cost.nanoUsd === null ? null : String(cost.nanoUsd);
    case "model":
      return model;
    case "provider":
      return provider;
    case "input_tokens":
      return tokens(usage?.inputTokens);
    case "output_tokens":
      return tokens(usage?.outputTokens);
    case "cached_read_tokens":
      return tokens(usage?.inputCachedTokens);
    case "cached_write_tokens":
      return tokens(usage?.inputCacheCreationTokens);
    default:
      return null;
  }
}
