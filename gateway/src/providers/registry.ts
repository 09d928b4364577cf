import { systemClock } from "../core/clock.ts";
import type { ProviderConfig } from "../core/gateway-settings.ts";
import type { DialectId } from "../dialects/dialect.ts";
import { type ApplyKey, bearerKey, keyInField } from "./apply-key.ts";
import { type CompiledBaseUrl, compileBaseUrl, placeholdersOf } from "./base-url.ts";
import { catalogue } from "./catalogue.ts";
import { openAiResponsesCompat } from "./openai-compat.ts";
import { openAiDialect } from "./openai-dialect.ts";
import type { CredentialDependencies, PrepareCredential, Provider } from "./provider.ts";

/** A provider with its base URLs parsed and the configuration applied. */
export interface CompiledProvider {
  /** The provider's own slug, also when it was found under an alias. */
  readonly slug: string;
  readonly provider: Provider;
  readonly base: CompiledBaseUrl;
  /** By key; empty when the configuration replaced the base URL, which then serves for all. */
  readonly otherBases: Readonly<Record<string, CompiledBaseUrl>>;
  readonly dialectFor: (path: string) => DialectId;
  /** To be awaited before each request where present; its argument is `UpstreamTarget.headers`. */
  readonly prepareCredential?: PrepareCredential;
}

/** Every provider of a configuration by slug and alias. An absent slug is an unknown provider (2008). */
export type ProviderRegistry = ReadonlyMap<string, CompiledProvider>;

const CUSTOM_SLUG = /^custom-[a-z0-9][a-z0-9_-]{0,62}$/;
const dialectIds: Readonly<Record<DialectId, true>> = {
  "openai-chat": true,
  "openai-responses": true,
  "openai-embeddings": true,
  "anthropic-messages": true,
  gemini: true,
  "bedrock-converse": true,
  "bedrock-invoke": true,
  cohere: true,
  "workers-ai": true,
  huggingface: true,
  replicate: true,
  ollama: true,
  opaque: true,
};
const defaultDependencies: CredentialDependencies = { fetch: (url, init) => fetch(url, init), clock: systemClock };

/**
 * Builds the registry a worker looks providers up in: the catalogue, with replaced base URLs and dialects, and the custom providers.
 * @param configs `providers` of the configuration: by slug or alias, or `custom-{slug}` for custom ones.
 * @param dependencies what credential steps use; defaults to the machine's own.
 * @throws Error naming the key of the configuration that is wrong: an unknown provider, a base URL that cannot be used, a placeholder
 *   the provider cannot fill, an unknown dialect.
 */
export function compileProviders(
  configs: Readonly<Record<string, ProviderConfig>>,
  dependencies: CredentialDependencies = defaultDependencies,
): ProviderRegistry {
  const registry = new Map<string, CompiledProvider>();
  const unread = new Map(Object.entries(configs));
  for (const provider of catalogue) {
    const slugs = [provider.slug, ...(provider.aliases ?? [])];
    const keys = slugs.filter((slug) => unread.has(slug));
    if (keys.length > 1) throw new Error(`providers.${keys[1]}: the same provider is configured as "${keys[0]}"`);
    const config = keys[0] === undefined ? undefined : unread.get(keys[0]);
    const compiled = explained(keys[0] ?? provider.slug, () => compileProvider(provider, config, dependencies));
    for (const slug of slugs) registry.set(slug, compiled);
    if (keys[0] !== undefined) unread.delete(keys[0]);
  }
  for (const [slug, config] of unread) {
    registry.set(
      slug,
      explained(slug, () => compileProvider(customProvider(slug, config), config, dependencies)),
    );
  }
  return registry;
}

/**
 * `registry` and further custom providers; the same registry when there are none. One of a slug that is taken replaces nothing: what
 * the configuration file declares stays.
 * @param configs by `custom-{slug}`.
 * @throws Error naming the slug whose base URL or dialect cannot be used.
 */
export function withCustomProviders(
  registry: ProviderRegistry,
  configs: Readonly<Record<string, ProviderConfig>>,
): ProviderRegistry {
  const added = Object.entries(configs).filter(([slug]) => !registry.has(slug));
  if (added.length === 0) return registry;
  const compiled = added.map(
    ([slug, config]) =>
      [
        slug,
        explained(slug, () => compileProvider(customProvider(slug, config), config, defaultDependencies)),
      ] as const,
  );
  return new Map([...registry, ...compiled]);
}

function customProvider(slug: string, config: ProviderConfig): Provider {
  if (!CUSTOM_SLUG.test(slug)) {
    throw new Error(
      'is not a known provider; a provider of your own is named "custom-" and small letters, digits or dashes',
    );
  }
  return {
    slug,
    title: slug,
    baseUrl: config.base_url,
    credentialHeaders: ["authorization", "x-api-key", "api-key", "x-goog-api-key"],
    applyKey: applyKeyByDialect(config.dialect),
    priceKey: null,
    dialectFor: openAiDialect,
    compat: { ...openAiResponsesCompat, endpoints: [...openAiResponsesCompat.endpoints, "messages"] },
    socket: { dialect: "openai-session" },
  };
}

/** A custom provider takes a stored key where the vendor does whose protocol it speaks. */
function applyKeyByDialect(dialect: string | null): ApplyKey {
  if (dialect === "anthropic-messages") return keyInField("x-api-key");
  return dialect === "gemini" ? keyInField("x-goog-api-key") : bearerKey;
}

function compileProvider(
  provider: Provider,
  config: ProviderConfig | undefined,
  dependencies: CredentialDependencies,
): CompiledProvider {
  const others = Object.entries(provider.otherBaseUrls ?? {});
  const step = provider.credentialStep?.(dependencies);
  if (config !== undefined) checkPlaceholders(provider, config.base_url);
  return {
    slug: provider.slug,
    provider,
    base: compileBaseUrl(config?.base_url ?? provider.baseUrl, config?.is_guarded === true),
    otherBases: config === undefined ? Object.fromEntries(others.map(([key, url]) => [key, compileBaseUrl(url)])) : {},
    dialectFor: dialectOf(config?.dialect ?? null) ?? provider.dialectFor,
    ...(step === undefined ? {} : { prepareCredential: step }),
  };
}

function checkPlaceholders(provider: Provider, url: string): void {
  const own = provider.slug.startsWith("custom-") ? [] : placeholdersOf(provider.baseUrl);
  const known = new Set([...own, "account"]);
  const unknown = placeholdersOf(url).find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new Error(`base_url has the placeholder {${unknown}}, which this provider cannot fill`);
}

function dialectOf(id: string | null): ((path: string) => DialectId) | undefined {
  if (id === null) return undefined;
  if (!isDialectId(id)) throw new Error(`dialect "${id}" is not one of ${Object.keys(dialectIds).join(", ")}`);
  return id === "openai-chat" ? openAiDialect : () => id;
}

function isDialectId(id: string): id is DialectId {
  return Object.hasOwn(dialectIds, id);
}

function explained(key: string, build: () => CompiledProvider): CompiledProvider {
  try {
    return build();
  } catch (error) {
    throw new Error(`providers.${key}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
