import { success } from "../envelope.ts";
import { invalid, ManagementError } from "../management-error.ts";
import { validate } from "../parse-query.ts";
import type { ManagementRequest } from "../route.ts";
import { askPrices, knownProvider } from "./ask-prices.ts";
import { isSetByFile, rowOfEntry } from "./override-row.ts";
import type { PriceRoutesOptions } from "./price-routes-options.ts";
import { overrideBody } from "./schemas.ts";

/**
 * `POST /api/prices/overrides`: sets a price for a model, or for all whose names begin alike, from a moment on: `from`, by default
 * now, null for since ever. `prices: null` withdraws what was set before. Every worker uses it within a second; records keep their
 * costs. Answers the new row of the history.
 * @throws ManagementError 400 code 7001 with path `["body", …]`; 409 code 7001 when the configuration file sets this model;
 * 503 code 7000 when the store is away or full. Nothing is changed then.
 */
export async function addOverride(request: ManagementRequest, options: PriceRoutesOptions): Promise<Response> {
  const { provider, model, from, prices } = validate(overrideBody, await request.json(), ["body"]);
  const slug = knownProvider(options, provider, "body");
  const settings = prices === null ? null : options.readSettings(prices);
  if (settings !== null && "message" in settings) throw invalid(settings.message, ["body", "prices", ...settings.path]);
  if (isSetByFile(options.fileSettings, slug, model)) {
    const message = `The configuration file sets prices.${slug}.${model}, and what it sets counts: change it there`;
    throw new ManagementError("conflict", [{ message, path: ["body", "model"] }]);
  }
  const fromMs = from === undefined ? options.clock.nowMs() : from;
  const entry = await askPrices(options.set({ provider: slug, model, fromMs, settings }));
  if (entry === null) throw new ManagementError("conflict", [{ message: "The history of prices is full" }]);
  return success(rowOfEntry(entry, options.fileSettings));
}
