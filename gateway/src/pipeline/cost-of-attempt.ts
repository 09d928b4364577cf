import type { ExchangeCost } from "../core/exchange.ts";
import { costOf, noCost } from "../prices/cost-of.ts";
import type { Gateway } from "./gateway.ts";
import { isSuccess } from "./is-success.ts";
import type { Attempt, AttemptResult } from "./record-attempt.ts";

/** What an attempt cost: nothing without a 2xx answer, else by the client's own prices or the price book. */
export function costOfAttempt(gateway: Gateway, attempt: Attempt, result: AttemptResult): ExchangeCost {
  if (!result.isProviderStatus || !isSuccess(result.statusCode)) return noCost;
  const { step } = attempt;
  const { slug, provider } = step.provider;
  return costOf(gateway.prices, {
    provider: { slug, priceKey: provider.priceKey },
    models: [result.model, step.model],
    usage: result.usage,
    atMs: attempt.createdAtMs,
    customCost: step.log.customCost,
  });
}
