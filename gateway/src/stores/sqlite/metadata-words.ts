import type { Metadata } from "../../core/exchange.ts";

/**
 * The word by which `log_entries` finds the rows of a gateway that have a metadata entry: a hash (XXH64) of the gateway, the name and
 * the value's text. Two entries may share a word, so what is found has to be asked again.
 */
export function metadataWord(gateway: number, name: string, valueText: string): string {
  return `m${Bun.hash.xxHash64(JSON.stringify([gateway, name, valueText])).toString(36)}`;
}

/** The words of all entries; null for none. */
export function metadataWords(gateway: number, metadata: Metadata | null): string | null {
  if (metadata === null) return null;
  const words: string[] = [];
  for (const name in metadata) words.push(metadataWord(gateway, name, String(metadata[name])));
  return words.length === 0 ? null : words.join(" ");
}
