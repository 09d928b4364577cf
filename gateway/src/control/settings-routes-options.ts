import { baseUrlFault, hasPlaceholders } from "../config/base-url.ts";
import { customDialects } from "../config/schema.ts";
import { compileAddressPolicy } from "../core/address-policy.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { readPublicKey } from "../logpush/public-key.ts";
import type { SettingsRoutesOptions } from "../management/settings-routes-options.ts";
import { compileProviders } from "../providers/registry.ts";
import { secretFault } from "../providers/secret-fault.ts";
import type { InstallationKeys } from "../secrets/installation-keys.ts";
import type { WorkerState } from "../supervisor/worker-board.ts";
import { configDocuments } from "./config-documents.ts";
import type { Settings } from "./start-settings.ts";

/** What the routes of settings work with in this process. */
export function settingsRoutesOptions(
  config: GatewayConfig,
  { desk, store }: Settings,
  {
    keys: { seal, open },
    workers,
    ...others
  }: { readonly keys: InstallationKeys; readonly workers: () => readonly WorkerState[] } & Pick<
    SettingsRoutesOptions,
    "purgeCache" | "isManagementName" | "counters" | "explainCache"
  >,
): SettingsRoutesOptions {
  const builtIn = compileProviders({});
  return {
    desk,
    store,
    secrets: { seal, copy: (sealed, from, to) => seal(open(sealed, from), to) },
    addresses: compileAddressPolicy(config.network),
    builtInSlug: (name) => builtIn.get(name)?.slug ?? null,
    dialects: customDialects,
    baseUrlFault: completeUrlFault,
    logpushKeyFault,
    keyFault(providerSlug, secret) {
      const provider = builtIn.get(providerSlug)?.provider;
      return secretFault(provider ?? { credentialHeaders: [] }, secret);
    },
    restingKeys: () =>
      workers().flatMap(({ name, restingKeys }) => restingKeys.map((key) => ({ worker: name, ...key }))),
    ...others,
    documents: configDocuments,
  };
}

function completeUrlFault(url: string): string | null {
  return hasPlaceholders(url) ? "expected a URL without placeholders" : baseUrlFault(url);
}

function logpushKeyFault(key: string): string | null {
  try {
    readPublicKey(key);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
