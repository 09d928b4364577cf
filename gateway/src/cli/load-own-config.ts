import { type LoadedConfig, loadConfig } from "../config/load-config.ts";
import { catalogue } from "../providers/catalogue.ts";

/**
 * The configuration of this process, checked against the built-in providers and their aliases.
 * @throws ConfigError with every problem.
 */
export function loadOwnConfig(): LoadedConfig {
  return loadConfig({ providerSlugs: catalogue.flatMap(({ slug, aliases = [] }) => [slug, aliases].flat()) });
}
