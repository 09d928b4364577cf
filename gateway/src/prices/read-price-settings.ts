import type { PriceSettings } from "../core/price-settings.ts";
import { PriceDataError } from "./price-data.ts";
import { priceAmounts, readModelPrice } from "./price-override.ts";

const MOST_TIERS = 20;
const tierName = /^[\w-]{1,64}$/;

/**
 * `value`, which may be anything, as the prices of a model: by the rules of the configuration's `prices`.
 * Throws PriceDataError for what is no object, has an unknown member, or holds what is no price; its path begins with `path`.
 */
export function readPriceSettings(value: unknown, path: string): PriceSettings {
  const settings = object(value, path);
  for (const [name, amount] of Object.entries(settings)) {
    if (name === "service_tiers") checkTiers(amount, `${path}.service_tiers`);
    else if (!Object.hasOwn(priceAmounts, name)) {
      const known = [...Object.keys(priceAmounts), "service_tiers"].join(", ");
      throw new PriceDataError(path, `${JSON.stringify(name.slice(0, 80))} is not known here; known are ${known}`);
    } else if (typeof amount !== "number") throw new PriceDataError(`${path}.${name}`, "expected a number of dollars");
  }
  readModelPrice(settings as PriceSettings, { path, version: "" });
  return settings as PriceSettings;
}

function checkTiers(value: unknown, path: string): void {
  const tiers = Object.entries(object(value, path));
  if (tiers.length > MOST_TIERS) throw new PriceDataError(path, `expected at most ${MOST_TIERS} tiers`);
  for (const [tier, factor] of tiers) {
    if (!tierName.test(tier)) throw new PriceDataError(path, "expected names of letters, digits, - and _");
    if (typeof factor !== "number") throw new PriceDataError(`${path}.${tier}`, "expected a factor from 0 to 100");
  }
}

function object(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new PriceDataError(path, "expected an object of prices");
  return value as Readonly<Record<string, unknown>>;
}
