import type { SettingsModel } from "../settings/settings-model.ts";
import type { SettingsRoutesOptions } from "./settings-routes-options.ts";

/** The own slug of a provider that an account has, built in or made by it; null for none. */
export function providerSlug(
  model: SettingsModel,
  { accountId, name }: { readonly accountId: string; readonly name: string },
  { builtInSlug }: Pick<SettingsRoutesOptions, "builtInSlug">,
): string | null {
  const own = model.list(accountId, "custom-provider").find(({ value }) => `custom-${String(value["slug"])}` === name);
  return own === undefined ? builtInSlug(name) : name;
}
