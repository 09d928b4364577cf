import type { WatchedText } from "./dialect.ts";

/** Watches for JSON members that have a value other than `null`, by name. */
export function watchMembers(...names: readonly string[]): WatchedText[] {
  return names.map((name) => ({ bytes: Buffer.from(`"${name}"`), isMember: true }));
}

/** Watches for texts as they stand. */
export function watchTexts(...texts: readonly string[]): WatchedText[] {
  return texts.map((text) => ({ bytes: Buffer.from(text), isMember: false }));
}
