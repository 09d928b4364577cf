import { DEFAULT_ALIAS } from "../core/stored-key.ts";
import type { PathFault } from "./check-providers.ts";
import { closestName } from "./closest-name.ts";

/**
 * What the schema alone cannot tell of gateways' `keys`: whether each names a provider there is, and that not two aliases of a provider
 * are its default. Anything of another shape has no faults here.
 */
export function keyFaults(file: unknown, builtInSlugs: Iterable<string>): PathFault[] {
  const common = [...builtInSlugs, ...Object.keys(mappingIn(file, "providers"))];
  return Object.entries(mappingIn(file, "accounts")).flatMap(([account, settings]) => {
    const slugs = new Set([...common, ...Object.keys(mappingIn(settings, "providers"))]);
    return Object.entries(mappingIn(settings, "gateways")).flatMap(([gateway, { keys }]) => {
      if (!Array.isArray(keys)) return [];
      const path = ["accounts", account, "gateways", gateway, "keys"];
      return [...providerFaults(keys, slugs), ...defaultFaults(keys)].map(({ path: rest, text }) => ({
        path: [...path, ...rest],
        text,
      }));
    });
  });
}

type Mapping = Readonly<Record<string, unknown>>;

function providerFaults(keys: readonly (Mapping | null)[], slugs: ReadonlySet<string>): PathFault[] {
  return keys.flatMap((key, index) => {
    const provider = key?.["provider"];
    if (typeof provider !== "string" || slugs.has(provider)) return [];
    const closest = closestName(provider, slugs);
    const hint = closest === undefined ? "" : `; did you mean "${closest}"?`;
    return [{ path: [index, "provider"], text: `unknown provider${hint}` }];
  });
}

function defaultFaults(keys: readonly (Mapping | null)[]): PathFault[] {
  const defaults = new Map<unknown, unknown>();
  return keys.flatMap((key, index) => {
    const { provider, alias = DEFAULT_ALIAS, default: isDefault } = key ?? {};
    if (isDefault !== true) return [];
    const other = defaults.get(provider) ?? alias;
    defaults.set(provider, other);
    if (other === alias) return [];
    return [
      { path: [index, "default"], text: `expected one default alias of a provider; "${String(other)}" is it already` },
    ];
  });
}

function mappingIn(value: unknown, name: string): Readonly<Record<string, Mapping>> {
  const member = (value as Mapping | null | undefined)?.[name];
  if (typeof member !== "object" || member === null || Array.isArray(member)) return {};
  return Object.fromEntries(Object.entries(member).map(([key, inner]) => [key, (inner ?? {}) as Mapping]));
}
