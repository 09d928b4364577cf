import { defaultGatewaySettings, type GatewaySettings } from "../core/gateway-settings.ts";
import type { AccessToken } from "../access/access-token.ts";
import { adminAccessToken } from "../access/admin-token.ts";
import { tokenFinder } from "../access/find-token.ts";
import { customProviderConfigs } from "./custom-provider.ts";
import type { CompiledProvider, ProviderRegistry } from "../providers/registry.ts";
import { withCustomProviders } from "../providers/registry.ts";
import { compileCacheRules, type FindCacheRule } from "../cache/cache-rule.ts";
import type { GatewayLimits } from "../limits/limit-rule.ts";
import { limitsOfAccount } from "./account-limits.ts";
import type { StoredKey } from "../core/stored-key.ts";
import type { InstallationKeys } from "../secrets/installation-keys.ts";
import { accessTokenOf } from "./access-token-object.ts";
import { settingsRevisions } from "./settings-revisions.ts";
import type { SettingsModel } from "./settings-model.ts";
import { storedKeys } from "./stored-keys.ts";

/** Settings as requests are served by them: everything looked up by name. Never changes; a change makes another one. */
export interface ActiveSettings {
  readonly version: number;
  /** By id, without a prototype. */
  readonly accounts: Readonly<Record<string, ActiveAccount>>;
  /** By lower-case host name (reference §1.11). */
  readonly domains: ReadonlyMap<string, GatewayPlace>;
  /** The API token that a text is; null for none. Whether it counts here and now is for `access/` to say. */
  readonly tokenOf: (text: string) => AccessToken | null;
}

/** What a model is compiled with. */
export interface ActivationOptions {
  /** The providers every account has. */
  readonly builtIn: ReadonlyMap<string, CompiledProvider>;
  /** Keys of the installation; without the one that opens secrets, stored keys tell so when they are to be used. */
  readonly keys: Pick<InstallationKeys, "tokenHashKey"> & Partial<Pick<InstallationKeys, "open">>;
  /** Hash of a token that may do everything; null or absent for none. */
  readonly adminTokenHash?: string | null;
}

/** One account. */
export interface ActiveAccount {
  /** By id, without a prototype; `default` is always there. */
  readonly gateways: Readonly<Record<string, GatewaySettings>>;
  /** Built-in providers and the account's own. */
  readonly providers: ProviderRegistry;
  /**
   * Differs from the time before a gateway or a custom provider (by the slug of paths) was changed; empty where changes do not matter
   * to what was answered before: gateways without `cache_invalidate_on_update`, built-in providers.
   */
  revisionOf(kind: "gateway" | "custom-provider", id: string): string;
  /** Finds the rule of a gateway's cache for a request; null for a gateway without rules. */
  cacheRulesOf(gatewayId: string): FindCacheRule | null;
  /** The limits of a gateway; null for none. */
  limitsOf(gatewayId: string): GatewayLimits | null;
  /** Stored keys of a gateway for a provider, named by its own slug; empty where there is none. */
  keysOf(gatewayId: string, providerSlug: string): readonly StoredKey[];
}

/** Names a gateway. */
export interface GatewayPlace {
  readonly accountId: string;
  readonly gatewayId: string;
}

/**
 * Compiles a model for serving.
 * @throws Error naming the custom provider that cannot be used.
 */
export function activateSettings(
  model: SettingsModel,
  { builtIn, keys, adminTokenHash = null }: ActivationOptions,
): ActiveSettings {
  const openSecret = keys.open ?? null;
  const accounts = model.accountIds.map((accountId): [string, ActiveAccount] => {
    // A gateway that an older version wrote lacks what came later.
    const gateways = model
      .list(accountId, "gateway")
      .map(({ id, value }): [string, GatewaySettings] => [id, { ...defaultGatewaySettings, ...value }]);
    const own = model.list(accountId, "custom-provider");
    const providers = withCustomProviders(builtIn, customProviderConfigs(own));
    return [
      accountId,
      {
        gateways: withoutPrototype(gateways),
        providers,
        revisionOf: settingsRevisions(model, accountId),
        cacheRulesOf: cacheRules(gateways),
        limitsOf: limitsOfAccount(model, accountId, gateways),
        keysOf: storedKeys(model, accountId, { slugOf: (name) => providers.get(name)?.slug ?? name, openSecret }),
      },
    ];
  });
  const made = ["", ...model.accountIds].flatMap((accountId) => model.list(accountId, "token"));
  const tokens = [...made.map(accessTokenOf), ...(adminTokenHash === null ? [] : [adminAccessToken(adminTokenHash)])];
  return {
    version: model.version,
    accounts: withoutPrototype(accounts),
    domains: domainsOf(model),
    tokenOf: tokenFinder(tokens, keys.tokenHashKey),
  };
}

function domainsOf(model: SettingsModel): ReadonlyMap<string, GatewayPlace> {
  const domains = model.accountIds.flatMap((accountId) => model.list(accountId, "custom-domain"));
  return new Map(
    domains.map(({ accountId, id, value }) => [id.toLowerCase(), { accountId, gatewayId: String(value["gatewayId"]) }]),
  );
}

function withoutPrototype<Value>(entries: readonly (readonly [string, Value])[]): Readonly<Record<string, Value>> {
  return Object.assign(Object.create(null) as Record<string, Value>, Object.fromEntries(entries));
}

function cacheRules(
  gateways: readonly (readonly [string, GatewaySettings])[],
): (gatewayId: string) => FindCacheRule | null {
  const rules = new Map(gateways.map(([id, settings]) => [id, compileCacheRules(settings.cache_rules)]));
  return (gatewayId) => rules.get(gatewayId) ?? null;
}
