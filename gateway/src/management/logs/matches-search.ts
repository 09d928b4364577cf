import type { LedgerEntry } from "../../core/ledger-entry.ts";

/**
 * Whether prompt and answer together hold every word of `search`, as parts of words and without regard to case: a live tail has no
 * index of words. Blank or null matches everything.
 */
export function matchesSearch({ request, response }: LedgerEntry, search: string | null): boolean {
  const words = (search ?? "")
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replaceAll(/^"+|["*]+$/g, ""))
    .filter((word) => word !== "");
  if (words.length === 0) return true;
  const text = `${request?.toString() ?? ""}\n${response?.toString() ?? ""}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
