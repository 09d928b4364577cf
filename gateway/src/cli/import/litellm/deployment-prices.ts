import { type ImportDraft, notMapped, put, valueAt, nothingToDo } from "../import-draft.ts";
import { membersOf, type SourceValue } from "../import-source.ts";
import type { Deployment } from "./deployment.ts";

/** Keys of `prices` by the names of LiteLLM's cost map, and what makes a price of its value. */
const priceKeys: Readonly<Record<string, readonly [string, number]>> = {
  input_cost_per_token: ["input_per_million", 1e6],
  output_cost_per_token: ["output_per_million", 1e6],
  cache_read_input_token_cost: ["cache_read_per_million", 1e6],
  cache_creation_input_token_cost: ["cache_write_per_million", 1e6],
  input_cost_per_audio_token: ["input_audio_per_million", 1e6],
  output_cost_per_audio_token: ["output_audio_per_million", 1e6],
  output_cost_per_reasoning_token: ["output_reasoning_per_million", 1e6],
  input_cost_per_request: ["per_request", 1],
};

/** Prices of one's own, in `litellm_params` or `model_info`, as `prices` of the provider's model; the first of two entries counts. */
export function importPrices(
  draft: ImportDraft,
  { provider, model }: Deployment,
  places: readonly SourceValue[],
): void {
  for (const [key, field] of places.flatMap(membersOf)) {
    if (!/_cost_per_|_token_cost$/.test(key)) continue;
    const known = Object.hasOwn(priceKeys, key) ? priceKeys[key] : undefined;
    if (field.value === null) {
      nothingToDo(draft, field, "not set there");
      continue;
    }
    if (known === undefined || typeof field.value !== "number") {
      notMapped(draft, field, "a price of a kind that `prices` does not have");
      continue;
    }
    const [name, factor] = known;
    const target = ["prices", provider, model, name];
    // Twelve decimals are beyond any price; they take away what binary fractions add.
    const value = Number((field.value * factor).toFixed(12));
    const before = valueAt(draft.file, target);
    if (before === undefined) put(draft, field, { target, value });
    else if (before === value) nothingToDo(draft, field, "the same price was there already");
    else notMapped(draft, field, `another entry of ${provider}/${model} has another price`);
  }
}
