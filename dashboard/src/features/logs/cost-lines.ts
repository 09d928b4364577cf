/** A line of what a request cost. */
export interface CostLine {
  readonly name: string;
  readonly tokens: number;
  /** Dollars for a million of them. */
  readonly perMillion: number;
  readonly usd: number;
}

type Usage = Readonly<Record<string, string | number>>;
type Prices = Readonly<Record<string, unknown>>;

/** Kinds of input that have their own price and are part of all input tokens. */
const partsOfInput = [
  ["Read from the prompt cache", "input_cached_tokens", "cache_read_per_million"],
  ["Written to the prompt cache", "input_cache_creation_tokens", "cache_write_per_million"],
] as const;

/**
 * How tokens and prices make a cost, line by line. Tokens of a kind without a price of its own count as plain ones. Empty where usage
 * or prices tell nothing. Surcharges that are not by plain token (tiers, searches, audio) are not among the lines.
 */
export function costLines(usage: Usage, listed: Prices): readonly CostLine[] {
  const prices = pricesFor(numberOf(usage["input_tokens"]) ?? 0, listed);
  const lines: CostLine[] = [];
  const add = (name: string, tokens: number, perMillion: number | null): boolean => {
    if (tokens <= 0 || perMillion === null) return false;
    lines.push({ name, tokens, perMillion, usd: (tokens * perMillion) / 1e6 });
    return true;
  };
  let plain = numberOf(usage["input_tokens"]) ?? 0;
  for (const [name, usageKey, priceKey] of partsOfInput) {
    const tokens = numberOf(usage[usageKey]) ?? 0;
    if (add(name, tokens, numberOf(prices[priceKey]))) plain -= tokens;
  }
  add("Prompt", plain, numberOf(prices["input_per_million"]));
  let output = numberOf(usage["output_tokens"]) ?? 0;
  const reasoning = numberOf(usage["output_reasoning_tokens"]) ?? 0;
  if (add("Reasoning", reasoning, numberOf(prices["output_reasoning_per_million"]))) output -= reasoning;
  add("Completion", output, numberOf(prices["output_per_million"]));
  return lines;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Long prompts may have prices of their own, for the whole request. */
function pricesFor(inputTokens: number, prices: Prices): Prices {
  const long = Array.isArray(prices["long_prompts"]) ? (prices["long_prompts"] as readonly Prices[]) : [];
  const fitting = long.filter(
    (each) => inputTokens > (numberOf(each["above_input_tokens"]) ?? Number.POSITIVE_INFINITY),
  );
  return { ...prices, ...fitting.at(-1) };
}
