import type { FindPrice, PricedModel } from "./model-price.ts";

/** Names are the clients' to invent, so what is remembered of them is bounded in number and in length. */
const MOST_LOOKUPS = 4096;
const MOST_CHARACTERS = 200;

/** `find` with its latest answers remembered, those for names without a price too. */
export function rememberLookups(find: FindPrice): FindPrice {
  const known = new Map<string, PricedModel | null>();
  return (provider, model) => {
    if (model.length > MOST_CHARACTERS) return find(provider, model);
    const key = `${provider.slug}\n${provider.priceKey ?? ""}\n${model}`;
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const found = find(provider, model);
    const oldest = known.size < MOST_LOOKUPS ? null : known.keys().next();
    if (oldest?.done === false) known.delete(oldest.value);
    known.set(key, found);
    return found;
  };
}
