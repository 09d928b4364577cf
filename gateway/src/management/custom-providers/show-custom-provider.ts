import { createHash } from "node:crypto";
import type { JsonObject } from "../../core/gateway-settings.ts";
import type { SettingsObject } from "../../core/settings-object.ts";
import type { CustomProvider } from "../../settings/custom-provider.ts";
import { managedBy, shownTimes } from "../find-settings.ts";

/** A custom provider as the API shows it (reference §14.7). */
export function showCustomProvider(provider: SettingsObject): JsonObject {
  const value = provider.value as unknown as CustomProvider;
  return { id: provider.id, ...value, logo: logoOf(value), ...shownTimes(provider), ...managedBy(provider) };
}

/** What the audit log may tell of a custom provider: its headers may hold credentials. */
export function auditedProvider(value: JsonObject): JsonObject {
  return { ...value, headers: value["headers"] === null ? null : "[hidden]" };
}

/** The first letter of the name on a colour that follows from the slug. */
function logoOf({ name, slug }: CustomProvider): string {
  const hue = (createHash("sha256").update(slug).digest().readUInt16BE() % 360).toString();
  const letter = [...name.toUpperCase()].find((character) => /[\p{L}\p{N}]/u.test(character)) ?? "?";
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" fill="hsl(${hue} 45% 42%)"/>` +
    `<text x="32" y="43" font-family="sans-serif" font-size="32" text-anchor="middle" fill="#fff">${letter}</text></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}
