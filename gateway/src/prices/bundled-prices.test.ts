import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { catalogue } from "../providers/catalogue.ts";
import { buildPriceData } from "./build-price-data.ts";
import bundledPrices from "./generated/bundled-prices.json" with { type: "json" };
import { priceDataText } from "./price-data-text.ts";

const packageFile = new URL("../package.json", import.meta.resolve("@pydantic/genai-prices"));
const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };

test("the bundled list is what the installed package and the vendors' terms make (else: bun gateway/src/prices/write-bundled-prices.ts)", async () => {
  const bundled = readFileSync(new URL("generated/bundled-prices.json", import.meta.url), "utf8");
  expect(bundled === priceDataText(await buildPriceData(version))).toBe(true);
});

test("the list has every price key of the built-in providers", () => {
  const listed = Object.keys(bundledPrices.providers);
  const keys = catalogue.map(({ priceKey }) => priceKey).filter((key) => key !== null);
  expect(keys.length).toBeGreaterThan(10);
  expect(keys.filter((key) => !listed.includes(key))).toEqual([]);
});

test("every vendor term is about something on the list", async () => {
  const terms = JSON.parse(readFileSync(new URL("vendor-terms.json", import.meta.url), "utf8")) as {
    serviceTiers: Record<string, { names?: string[] }[]>;
    freeModels: Record<string, string[]>;
    minimumAudioSeconds: Record<string, Record<string, number>>;
  };
  const { providers } = await buildPriceData(version);
  const ids = (key: string) => providers[key]?.models.map(({ id }) => id) ?? [];
  for (const [key, tiers] of Object.entries(terms.serviceTiers))
    expect(ids(key)).toEqual(expect.arrayContaining(tiers.flatMap(({ names }) => names ?? [])));
  for (const [key, models] of Object.entries(terms.freeModels))
    expect(ids(key)).toEqual(expect.arrayContaining(models));
  for (const [key, models] of Object.entries(terms.minimumAudioSeconds))
    expect(ids(key)).toEqual(expect.arrayContaining(Object.keys(models)));
});
