import { hasPlaceholders } from "./base-url.ts";
import { closestName } from "./closest-name.ts";
import { customProviderPrefix, namePattern } from "./schema.ts";

/** A fault at a path of the file. */
export interface PathFault {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/**
 * What the schema alone cannot tell of the `providers` mappings, the file's and each account's: whether each key is a built-in provider
 * or a well-formed custom one, and that a custom provider's URL is complete. Accounts have custom ones alone. Anything that is not a
 * mapping has no faults here.
 */
export function allProviderFaults(file: unknown, builtInSlugs: Iterable<string>): PathFault[] {
  const accounts = entriesOf(memberOf(file, "accounts"));
  return [
    ...providerFaults(memberOf(file, "providers"), new Set(builtInSlugs), ["providers"]),
    ...accounts.flatMap(([id, account]) =>
      providerFaults(memberOf(account, "providers"), new Set(), ["accounts", id, "providers"]),
    ),
  ];
}

function providerFaults(providers: unknown, slugs: ReadonlySet<string>, place: readonly PropertyKey[]): PathFault[] {
  return entriesOf(providers).flatMap(([slug, settings]) => {
    const path = [...place, slug];
    const text = slugFault(slug, slugs);
    if (text !== null) return [{ path, text }];
    const baseUrl: unknown = (settings as { base_url?: unknown } | null)?.base_url;
    const isIncomplete = !slugs.has(slug) && typeof baseUrl === "string" && hasPlaceholders(baseUrl);
    if (!isIncomplete) return [];
    return [
      {
        path: [...path, "base_url"],
        text: "expected a URL without placeholders: a custom provider has nothing to fill them with",
      },
    ];
  });
}

function memberOf(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>> | null | undefined)?.[name];
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value !== "object" || value === null || Array.isArray(value) ? [] : Object.entries(value);
}

function slugFault(slug: string, builtInSlugs: ReadonlySet<string>): string | null {
  if (builtInSlugs.has(slug)) return null;
  if (slug.startsWith(customProviderPrefix)) {
    if (namePattern.test(slug.slice(customProviderPrefix.length))) return null;
    return `expected ${customProviderPrefix} and then 1 to 64 letters, digits, "_" or "-", the first a letter or digit`;
  }
  const closest = closestName(slug, builtInSlugs);
  const hint =
    closest === undefined ? `custom providers start with "${customProviderPrefix}"` : `did you mean "${closest}"?`;
  return `unknown provider; ${hint}`;
}
