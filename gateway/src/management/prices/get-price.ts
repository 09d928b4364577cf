import { success } from "../envelope.ts";
import { parseQuery } from "../parse-query.ts";
import type { ManagementRequest } from "../route.ts";
import { knownProvider } from "./ask-prices.ts";
import type { PriceRoutesOptions } from "./price-routes-options.ts";
import { priceParameters } from "./schemas.ts";

/**
 * `GET /api/prices?provider=&model=&at=`: what a model costs at a moment, by default now, and where that is from; `price` is null
 * when no price is known.
 * @throws ManagementError 400 code 7001 with path `["query", name]`.
 */
export function getPrice({ url }: ManagementRequest, options: PriceRoutesOptions): Promise<Response> {
  const { provider, model, at } = parseQuery(url.searchParams, priceParameters);
  const slug = knownProvider(options, provider, "query");
  const atMs = at ?? options.clock.nowMs();
  const price = options.priceOf(slug, model, atMs);
  const shown =
    price === null
      ? null
      : { version: price.version, source: price.source, override_id: price.entryId, prices: price.prices };
  return Promise.resolve(success({ provider: slug, model, at: new Date(atMs).toISOString(), price: shown }));
}
