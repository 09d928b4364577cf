import {
  type GatewayConfig,
  defaultGatewaySettings,
  type JsonObject,
  type KeyConfig,
} from "../core/gateway-settings.ts";
import type { SettingsKey, SettingsObject } from "../core/settings-object.ts";
import type { CustomProvider } from "./custom-provider.ts";
import { isLoopbackHost } from "./open-gateways.ts";
import type { ProviderKey } from "./stored-keys.ts";

/** The part of the configuration that settings are made of. */
export type FilePart = Pick<GatewayConfig, "accounts" | "providers" | "host">;

const CUSTOM = "custom-";
const DEFAULT_ID = "default";

/** What the configuration file declares, as objects that only the file can change. */
export function fileObjects({ accounts, providers }: FilePart): SettingsObject[] {
  return Object.entries(accounts).flatMap(([accountId, account]) => [
    fileObject({ accountId, kind: "account", id: accountId }, { name: accountId, logpush: account.logpush }),
    ...Object.entries(account.gateways).map(([id, settings]) =>
      fileObject({ accountId, kind: "gateway", id }, settings as unknown as JsonObject),
    ),
    ...Object.entries(account.keys ?? {}).flatMap(([gatewayId, keys]) =>
      keys.map((key, index) => fileKey({ accountId, gatewayId }, key, index)),
    ),
    ...Object.entries(account.limits ?? {}).map(([id, value]) => fileObject({ accountId, kind: "limit", id }, value)),
    ...Object.entries(account.budgets ?? {}).map(([id, value]) => fileObject({ accountId, kind: "budget", id }, value)),
    ...fileProviders(accountId, { ...providers, ...account.providers }),
  ]);
}

/**
 * What is there without being declared: the account `default` where the file names no account, and in each of `accountIds` a gateway
 * `default` (reference §1.2). It asks for a token unless the gateway listens on this machine alone.
 */
export function impliedObjects(part: FilePart, accountIds: readonly string[]): SettingsObject[] {
  const isAlone = Object.keys(part.accounts).length === 0;
  const ids = new Set([...(isAlone ? [DEFAULT_ID] : []), ...accountIds]);
  const settings = { ...defaultGatewaySettings, authentication: !isLoopbackHost(part.host) };
  return [
    ...(isAlone
      ? [
          implied({ accountId: DEFAULT_ID, kind: "account", id: DEFAULT_ID }, { name: DEFAULT_ID, logpush: [] }),
          ...fileProviders(DEFAULT_ID, part.providers),
        ]
      : []),
    ...[...ids].map((accountId) =>
      implied({ accountId, kind: "gateway", id: DEFAULT_ID }, settings as unknown as JsonObject),
    ),
  ];
}

/** The file's custom providers serve every account. */
export function fileProviders(accountId: string, providers: FilePart["providers"]): SettingsObject[] {
  const custom = Object.entries(providers).filter(([key]) => key.startsWith(CUSTOM));
  return custom.map(([key, { base_url, dialect }]) => {
    const slug = key.slice(CUSTOM.length);
    const value: CustomProvider = {
      name: slug,
      slug,
      base_url,
      // The file names one for each custom provider, or the loader did.
      dialect: dialect ?? "opaque",
      description: null,
      enable: true,
      beta: false,
      link: null,
      headers: null,
      curl_example: null,
      js_example: null,
      position: null,
    };
    return fileObject({ accountId, kind: "custom-provider", id: `file-${slug}` }, value as unknown as JsonObject);
  });
}

function fileKey(
  { accountId, gatewayId }: { readonly accountId: string; readonly gatewayId: string },
  { provider, alias, isDefault, weight, reference, rateLimit }: KeyConfig,
  index: number,
): SettingsObject {
  const value: ProviderKey = {
    gatewayId,
    providerSlug: provider,
    alias,
    isDefault,
    weight,
    reference,
    preview: reference,
    rateLimit: rateLimit?.requests ?? null,
    rateLimitPeriod: rateLimit?.seconds ?? null,
  };
  return fileObject(
    { accountId, kind: "provider-config", id: `file-${gatewayId}-${index}` },
    value as unknown as JsonObject,
  );
}

function fileObject(key: SettingsKey, value: JsonObject): SettingsObject {
  return { ...key, value, source: "file", createdAtMs: 0, modifiedAtMs: 0 };
}

function implied(key: SettingsKey, value: JsonObject): SettingsObject {
  return { ...key, value, source: "implied", createdAtMs: 0, modifiedAtMs: 0 };
}
