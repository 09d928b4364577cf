import type { ProviderConfig } from "../core/gateway-settings.ts";
import type { SettingsObject } from "../core/settings-object.ts";

/** A provider of an account's own, as it is kept (reference §14.7). */
export interface CustomProvider {
  readonly name: string;
  /** Unique in its account; the path says `custom-{slug}`. */
  readonly slug: string;
  readonly base_url: string;
  readonly dialect: string;
  readonly description: string | null;
  /** A provider that is not enabled is not there for requests. */
  readonly enable: boolean;
  readonly beta: boolean;
  readonly link: string | null;
  readonly headers: string | null;
  readonly curl_example: string | null;
  readonly js_example: string | null;
  readonly position: number | null;
}

/** The custom providers among objects, each under the slug that paths use. Only the file may name addresses that are not public. */
export function customProviderConfigs(objects: readonly SettingsObject[]): Record<string, ProviderConfig> {
  const enabled = objects.filter(({ value }) => value["enable"] === true);
  return Object.fromEntries(
    enabled.map(({ value, source }) => {
      const { slug, base_url, dialect } = value as unknown as CustomProvider;
      const baseUrl = base_url.replace(/\/+$/, "");
      return [`custom-${slug}`, { base_url: baseUrl, dialect, is_guarded: source === "store" }];
    }),
  );
}
