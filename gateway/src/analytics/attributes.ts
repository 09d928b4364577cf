import type { ExchangeRecord } from "../core/exchange.ts";

/** Longest value told apart; longer ones are cut. */
const LONGEST_VALUE = 256;

/** Name of the dimension that tells who asked. */
export const USER_ATTRIBUTE = "user";

/** A value as analytics tell it: text, so that `1` and `"1"` are the same, cut to 256 characters. */
export function attributeText(value: string | number | boolean): string {
  const text = String(value);
  return text.length > LONGEST_VALUE ? text.slice(0, LONGEST_VALUE) : text;
}

/** Dimension and value of everything a client attached to a request, the user first. */
export function attributesOf({
  userKey,
  metadata,
}: Pick<ExchangeRecord, "userKey" | "metadata">): (readonly [attribute: string, value: string])[] {
  const attributes: [string, string][] = userKey === null ? [] : [[USER_ATTRIBUTE, attributeText(userKey)]];
  for (const key in metadata) {
    attributes.push([`metadata.${key}`, attributeText(metadata[key] as string | number | boolean)]);
  }
  return attributes;
}
