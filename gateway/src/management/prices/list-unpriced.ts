import { AnalyticsTooLarge } from "../../stores/ports/analytics-store.ts";
import { success } from "../envelope.ts";
import { invalid } from "../management-error.ts";
import { parseQuery } from "../parse-query.ts";
import type { ManagementRequest } from "../route.ts";
import { findUnpriced, type UnpricedModel } from "./find-unpriced.ts";
import type { PriceRoutesOptions } from "./price-routes-options.ts";
import { unpricedParameters } from "./schemas.ts";

const DAY_MS = 86_400_000;
const USUAL_DAYS = 7;
const MOST_DAYS = 400;

/** Stands in analytics for the models that came when there were too many to tell apart. */
const OTHER_MODELS = "(other)";

/**
 * `GET /api/prices/unpriced?since=`: models of which answers of the last seven days (or since then, at most 400 days) have no known
 * cost, those with the most first. `set_price` is the body that sets a price once its nulls are filled in; `has_price` tells that one
 * is known by now.
 * @throws ManagementError 400 code 7001 with path `["query", "since"]`.
 */
export async function listUnpriced({ url }: ManagementRequest, options: PriceRoutesOptions): Promise<Response> {
  const { since } = parseQuery(url.searchParams, unpricedParameters);
  const nowMs = options.clock.nowMs();
  const fromMs = since ?? nowMs - USUAL_DAYS * DAY_MS;
  if (fromMs > nowMs) throw invalid("Expected a time that has passed", ["query", "since"]);
  if (nowMs - fromMs > MOST_DAYS * DAY_MS) {
    throw invalid(`Expected a time within the last ${MOST_DAYS} days`, ["query", "since"]);
  }
  try {
    const models = await findUnpriced(options.analytics, { fromMs, toMs: nowMs + 1 });
    return success(models.map((model) => unpricedRow(model, options, nowMs)));
  } catch (error) {
    if (error instanceof AnalyticsTooLarge) throw invalid(error.message, ["query", "since"]);
    throw error;
  }
}

function unpricedRow(unpriced: UnpricedModel, options: PriceRoutesOptions, nowMs: number): object {
  const { provider, model } = unpriced;
  const slug = options.slugOf(provider);
  const isOneModel = slug !== null && model !== null && model !== OTHER_MODELS;
  return {
    provider,
    model,
    requests: unpriced.requests,
    tokens_in: unpriced.tokensIn,
    tokens_out: unpriced.tokensOut,
    last_seen: new Date(unpriced.lastSeenMs).toISOString(),
    has_price: isOneModel && options.priceOf(slug, model, nowMs) !== null,
    set_price: isOneModel
      ? { provider: slug, model, prices: { input_per_million: null, output_per_million: null } }
      : null,
  };
}
