import { success } from "../envelope.ts";
import { parseQuery } from "../parse-query.ts";
import type { ManagementRequest } from "../route.ts";
import { askPrices } from "./ask-prices.ts";
import { rowOfEntry, rowsOfFile } from "./override-row.ts";
import type { PriceRoutesOptions } from "./price-routes-options.ts";
import { overrideParameters } from "./schemas.ts";

/**
 * `GET /api/prices/overrides`: every price ever set, the newest first, then those of the configuration file. `provider` and `model`
 * narrow it to one history.
 * @throws ManagementError 400 code 7001 with path `["query", name]`; 503 code 7000 when the store is away.
 */
export async function listOverrides(
  { url }: ManagementRequest,
  { store, fileSettings, slugOf }: PriceRoutesOptions,
): Promise<Response> {
  const { provider, model, page, per_page: perPage } = parseQuery(url.searchParams, overrideParameters);
  const slug = provider === undefined ? null : (slugOf(provider) ?? provider);
  const entries = await askPrices(store.list());
  const rows = [...entries.toReversed().map((entry) => rowOfEntry(entry, fileSettings)), ...rowsOfFile(fileSettings)];
  const found = rows.filter(
    (row) => (slug === null || row.provider === slug) && (model === undefined || row.model === model.toLowerCase()),
  );
  const shown = found.slice((page - 1) * perPage, page * perPage);
  return success(shown, { count: shown.length, page, per_page: perPage, total_count: found.length });
}
