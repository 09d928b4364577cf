import { type ImportDraft, nameFrom, nothingToDo, notMapped, putItem, type TargetPath } from "./import-draft.ts";
import type { SourceValue } from "./import-source.ts";

/** A key that the source names. */
export interface FoundKey {
  readonly source: SourceValue;
  /** Variable that is to hold it. */
  readonly variable: string;
  readonly weight: SourceValue | null;
}

/** Keys that the other gateway used for the same requests. */
export interface KeyPool {
  readonly provider: string;
  /** What to call it when it is not the provider's first. */
  readonly label: string;
  readonly keys: readonly FoundKey[];
}

/**
 * Writes pools into a gateway's `keys`. The first of a provider is its default; further ones, unless they hold the same keys, go by an alias.
 * @returns the alias of each pool; null for one without keys.
 */
export function putPools(
  draft: ImportDraft,
  pools: readonly KeyPool[],
  gateway: TargetPath,
): readonly (string | null)[] {
  const aliases = new Map<string, Map<string, string>>();
  return pools.map((pool) => {
    if (pool.keys.length === 0) return null;
    const known = aliases.get(pool.provider) ?? new Map<string, string>();
    aliases.set(pool.provider, known);
    const identity = [...new Set(pool.keys.map(({ variable }) => variable))].toSorted().join("\n");
    const alias = known.get(identity) ?? aliasFor(pool.label, known);
    putPool(draft, pool, { target: [...gateway, "keys"], alias, isThere: known.has(identity) });
    known.set(identity, alias);
    return alias;
  });
}

function putPool(
  draft: ImportDraft,
  { provider, keys }: KeyPool,
  { target, alias, isThere }: { target: TargetPath; alias: string; isThere: boolean },
): void {
  const seen = new Set(isThere ? keys.map(({ variable }) => variable) : []);
  for (const { source, variable, weight } of keys) {
    const isWeight = Number.isInteger(weight?.value) && Number(weight?.value) >= 1 && Number(weight?.value) <= 1000;
    const sources = weight === null || !isWeight ? [source] : [source, weight];
    if (weight !== null && !isWeight) notMapped(draft, weight, "expected a whole number from 1 to 1000");
    if (seen.has(variable)) {
      for (const each of sources) nothingToDo(draft, each, `among the keys of ${provider}, alias ${alias}`);
      continue;
    }
    seen.add(variable);
    const item = { provider, alias, secret: `env:${variable}`, ...(isWeight ? { weight: weight?.value } : {}) };
    putItem(draft, sources, { target, item });
  }
}

function aliasFor(label: string, known: ReadonlyMap<string, string>): string {
  if (known.size === 0) return "default";
  const taken = new Set(known.values());
  const name = nameFrom(label);
  for (let count = 1; ; count += 1) {
    const alias = count === 1 ? name : `${name.slice(0, 58)}-${count}`;
    if (!taken.has(alias)) return alias;
  }
}
