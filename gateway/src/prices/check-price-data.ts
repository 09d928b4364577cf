import { PriceDataError, priceUnits, type PriceData } from "./price-data.ts";

type Members = Readonly<Record<string, unknown>>;

/** No model costs this much; a figure above it is a unit gone wrong. In dollars for a million tokens, a thousand calls or an hour; exact in pico-USD. */
const MOST_DOLLARS = 9000;
const MOST_PATTERN_CHARACTERS = 200;

/** `data` as a price list, every figure looked at. Throws PriceDataError at the first fault. */
export function checkPriceData(data: unknown): PriceData {
  const list = record(data, "prices");
  if (list["format"] !== 1) throw new PriceDataError("format", "expected 1");
  if (typeof list["version"] !== "string" || !/^[\w.@+-]{1,80}$/.test(list["version"]))
    throw new PriceDataError("version", "expected a short name");
  const providers = record(list["providers"], "providers");
  if (Object.keys(providers).length === 0) throw new PriceDataError("providers", "expected at least one");
  for (const [key, value] of Object.entries(providers)) checkProvider(record(value, key), key);
  return data as PriceData;
}

function checkProvider(provider: Members, path: string): void {
  for (const [index, term] of array(provider["service_tiers"] ?? [], `${path}.service_tiers`).entries())
    checkTerm(record(term, path), `${path}.service_tiers[${index}]`);
  if (!["boolean", "undefined"].includes(typeof provider["reported_cost_counts"]))
    throw new PriceDataError(`${path}.reported_cost_counts`, "expected true or false");
  for (const key of array(provider["fallback"] ?? [], `${path}.fallback`)) text(key, `${path}.fallback`);
  for (const [index, value] of array(provider["models"], `${path}.models`).entries()) {
    const model = record(value, `${path}.models[${index}]`);
    const at = `${path}.${text(model["id"], `${path}.models[${index}].id`)}`;
    checkRule(model["match"], `${at}.match`);
    for (const [number, entry] of array(model["prices"], `${at}.prices`).entries())
      checkEntry(record(entry, at), `${at}.prices[${number}]`);
    if (model["minimum_audio_seconds"] !== undefined) amount(model["minimum_audio_seconds"], at);
  }
}

function checkEntry(entry: Members, path: string): void {
  const { from, daily } = entry;
  if (from !== undefined && Number.isNaN(Date.parse(text(from, `${path}.from`))))
    throw new PriceDataError(`${path}.from`, "expected a date");
  if (daily !== undefined) {
    const seconds = array(daily, `${path}.daily`).map((second) => amount(second, `${path}.daily`, 86_399));
    if (seconds.length !== 2) throw new PriceDataError(`${path}.daily`, "expected two times of day in seconds");
  }
  for (const [unit, figure] of Object.entries(record(entry["prices"], `${path}.prices`))) {
    const at = `${path}.prices.${unit}`;
    if (!Object.hasOwn(priceUnits, unit)) throw new PriceDataError(at, "is no unit of price");
    if (typeof figure === "number") amount(figure, at);
    else checkTiers(record(figure, at), at);
  }
}

function checkTiers(figure: Members, path: string): void {
  amount(figure["base"], `${path}.base`);
  let last = -1;
  for (const value of array(figure["tiers"], `${path}.tiers`)) {
    const tier = record(value, path);
    const start = amount(tier["start"], `${path}.start`, Number.MAX_SAFE_INTEGER);
    if (!Number.isSafeInteger(start) || start <= last)
      throw new PriceDataError(`${path}.tiers`, "expected rising whole numbers of tokens");
    amount(tier["price"], `${path}.price`);
    last = start;
  }
}

function checkTerm(term: Members, path: string): void {
  text(term["tier"], `${path}.tier`);
  for (const name of array(term["names"] ?? [], `${path}.names`)) text(name, `${path}.names`);
  const factor = array(term["factor"], `${path}.factor`);
  if (factor.length !== 2 || !factor.every((part) => Number.isInteger(part) && Number(part) > 0 && Number(part) < 1e6))
    throw new PriceDataError(`${path}.factor`, "expected a fraction of two whole numbers");
}

function checkRule(rule: unknown, path: string): void {
  const entries = Object.entries(record(rule, path));
  const [kind, operand] = entries[0] ?? ["", undefined];
  if (entries.length !== 1) throw new PriceDataError(path, "expected one rule");
  if (kind === "or" || kind === "and") {
    for (const part of array(operand, path)) checkRule(part, path);
    return;
  }
  if (!["equals", "starts_with", "ends_with", "contains", "regex"].includes(kind))
    throw new PriceDataError(path, `${kind} is no rule`);
  const pattern = text(operand, path);
  if (kind !== "regex") return;
  if (pattern.length > MOST_PATTERN_CHARACTERS) throw new PriceDataError(path, "is too long a pattern");
  if (!isPattern(pattern)) throw new PriceDataError(path, "is no regular expression");
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

function record(value: unknown, path: string): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new PriceDataError(path, "expected an object");
  return value as Members;
}

function array(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new PriceDataError(path, "expected a list");
  return value;
}

function text(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "") throw new PriceDataError(path, "expected a text");
  return value;
}

function amount(value: unknown, path: string, most = MOST_DOLLARS): number {
  if (typeof value !== "number" || !(value >= 0 && value <= most))
    throw new PriceDataError(path, `expected a number from 0 to ${most}`);
  return value;
}
