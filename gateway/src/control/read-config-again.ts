import { loadConfig } from "../config/load-config.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { catalogue } from "../providers/catalogue.ts";

/** A configuration file read while the gateway runs. */
export interface ConfigAgain {
  /** `known` with the accounts and providers that the file has now; `known` itself when they are the same. */
  readonly next: GatewayConfig;
  /** Sections that say something else than at the start, and count from the next one on. */
  readonly restartKeys: readonly string[];
}

/** Sections that count at once. */
const liveKeys: ReadonlySet<string> = new Set(["accounts", "providers"]);
/** What comes from the environment, which a running process does not see change. */
const environmentKeys: ReadonlySet<string> = new Set(["host", "port", "workers", "allowsOpen", "dataDirectory"]);

/**
 * Reads `file` as at the start.
 * @throws ConfigError with every problem.
 */
export function readConfigAgain(file: string, known: GatewayConfig): ConfigAgain {
  const providerSlugs = catalogue.flatMap(({ slug, aliases = [] }) => [slug, ...aliases]);
  const { config } = loadConfig({ providerSlugs, environment: { HEADGATE_CONFIG: file } });
  const different = (Object.keys(config) as (keyof GatewayConfig)[]).filter(
    (key) => !environmentKeys.has(key) && JSON.stringify(config[key]) !== JSON.stringify(known[key]),
  );
  const isNew = different.some((key) => liveKeys.has(key));
  return {
    next: isNew ? { ...known, accounts: config.accounts, providers: config.providers } : known,
    restartKeys: different.filter((key) => !liveKeys.has(key)),
  };
}
