import type { PriceData } from "./price-data.ts";

/** A price list as JSON with a line for each model, so that a change of prices reads as one. */
export function priceDataText(data: PriceData): string {
  const providers = Object.entries(data.providers).map(([key, { models, ...rest }]) => {
    const head = JSON.stringify({ ...rest, models: [] }).slice(0, -2);
    return `${JSON.stringify(key)}: ${head}\n${models.map((model) => JSON.stringify(model)).join(",\n")}\n]}`;
  });
  const head = `{"format": ${data.format}, "version": ${JSON.stringify(data.version)}, "providers": {`;
  return `${head}\n${providers.join(",\n")}\n}}\n`;
}
