import { compileAddressPolicy } from "../core/address-policy.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { readPublicKey } from "../logpush/public-key.ts";
import type { SettingsRoutesOptions } from "../management/settings-routes-options.ts";
import { compileProviders } from "../providers/registry.ts";
import { configDocuments } from "./config-documents.ts";
import type { Settings } from "./start-settings.ts";

/** What the routes of settings work with in this process. */
export function settingsRoutesOptions(config: GatewayConfig, { desk, store }: Settings): SettingsRoutesOptions {
  const builtIn = compileProviders({});
  return {
    desk,
    store,
    addresses: compileAddressPolicy(config.network),
    builtInSlug: (name) => builtIn.get(name)?.slug ?? null,
    logpushKeyFault,
    documents: configDocuments,
  };
}

function logpushKeyFault(key: string): string | null {
  try {
    readPublicKey(key);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
