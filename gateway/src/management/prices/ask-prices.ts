import { PriceStoreUnavailable } from "../../stores/ports/price-store.ts";
import { invalid, ManagementError } from "../management-error.ts";
import { quoted } from "../parse-query.ts";
import type { PriceRoutesOptions } from "./price-routes-options.ts";

/**
 * What the store of prices answers.
 * @throws ManagementError 503 code 7000 when it is away or full.
 */
export async function askPrices<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof PriceStoreUnavailable) throw new ManagementError("unavailable");
    throw error;
  }
}

/**
 * The provider's own slug.
 * @throws ManagementError 400 code 7001 with path `[place, "provider"]` for a provider there is not.
 */
export function knownProvider(options: PriceRoutesOptions, provider: string, place: "query" | "body"): string {
  const slug = options.slugOf(provider);
  if (slug === null) throw invalid(`There is no provider ${quoted(provider)}`, [place, "provider"]);
  return slug;
}
