/** Values of metadata that count, by key. */
export type MetadataValues = Readonly<Record<string, readonly string[]>>;

/** One key a line, as people write it: `team: blue, red`. */
export function metadataLines(values: MetadataValues): string {
  return Object.entries(values)
    .map(([key, each]) => `${key}: ${each.join(", ")}`)
    .join("\n");
}

/** The values that lines name; null when a line has no key or no value, or names a key again. */
export function readMetadataLines(text: string): MetadataValues | null {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const entries = lines.map((line) => {
    const colon = line.indexOf(":");
    const values = line
      .slice(colon + 1)
      .split(",")
      .map((value) => value.trim())
      .filter((value) => value !== "");
    return [colon < 0 ? "" : line.slice(0, colon).trim(), values] as const;
  });
  const isWhole = entries.every(([key, values]) => key !== "" && values.length > 0);
  return isWhole && new Set(entries.map(([key]) => key)).size === entries.length ? Object.fromEntries(entries) : null;
}
