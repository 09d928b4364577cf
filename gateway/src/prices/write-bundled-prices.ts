import { readFileSync, writeFileSync } from "node:fs";
import { buildPriceData } from "./build-price-data.ts";
import { checkPriceData } from "./check-price-data.ts";
import { priceDataText } from "./price-data-text.ts";

// Run after an update of the package or a change of the vendors' terms: bun gateway/src/prices/write-bundled-prices.ts
const packageRoot = new URL("../", import.meta.resolve("@pydantic/genai-prices"));
const { version } = JSON.parse(readFileSync(new URL("package.json", packageRoot), "utf8")) as { version: string };
const data = await buildPriceData(version);
checkPriceData(data);
writeFileSync(new URL("generated/bundled-prices.json", import.meta.url), priceDataText(data));
const licence = readFileSync(new URL("LICENSE", packageRoot), "utf8");
const notice = `bundled-prices.json holds data of @pydantic/genai-prices ${version}, under this licence:\n\n${licence}`;
writeFileSync(new URL("generated/NOTICE.txt", import.meta.url), notice);
