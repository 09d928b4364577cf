/** What a stored key's secret is: its text, where to look it up (`env:NAME`, `file:PATH`), or why there is none. */
export type KeySecret = { readonly text: string } | { readonly reference: string } | { readonly fault: string };

/** How often a key may be used: so many requests in any span of so many seconds. */
export interface KeyRateLimit {
  readonly requests: number;
  readonly seconds: number;
}

/** A provider's key as a worker holds it (reference §9.4). Keys of one provider and alias form a pool. */
export interface StoredKey {
  /** Of a provider config its id; unique in its account. */
  readonly id: string;
  /** Names the key in all of the installation. */
  readonly fullId: string;
  /** The provider's own slug, not an alias of it. */
  readonly providerSlug: string;
  readonly alias: string;
  /** Whether requests that name no alias use this one. */
  readonly isDefault: boolean;
  /** Its share of its pool, at least 1. */
  readonly weight: number;
  readonly secret: KeySecret;
  /** Null for a key that may be used as often as anybody asks. */
  readonly rateLimit: KeyRateLimit | null;
}

/** Alias of the key that is used when a request names none. */
export const DEFAULT_ALIAS = "default";
