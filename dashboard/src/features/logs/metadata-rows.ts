/** An entry of a log's metadata while it is edited. */
export interface MetadataEntry {
  readonly name: string;
  readonly kind: "text" | "number" | "boolean";
  readonly value: string;
}

type Metadata = Readonly<Record<string, string | number | boolean>>;

/** Metadata as entries to edit. */
export function metadataRows(metadata: Metadata): readonly MetadataEntry[] {
  return Object.entries(metadata).map(([name, value]) => ({
    name,
    kind: typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "text",
    value: String(value),
  }));
}

/** Entries as metadata; null for none. */
export function metadataFrom(entries: readonly MetadataEntry[]): Metadata | null {
  if (entries.length === 0) return null;
  return Object.fromEntries(
    entries.map(({ name, kind, value }) => [
      name.trim(),
      kind === "number" ? Number(value) : kind === "boolean" ? value !== "false" : value,
    ]),
  );
}

/** What is wrong with entries; null for nothing. */
export function metadataFault(entries: readonly MetadataEntry[]): string | null {
  const names = entries.map(({ name }) => name.trim());
  if (names.includes("")) return "Every entry needs a name.";
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `Two entries are called ${twice}.`;
  const wrong = entries.find(
    ({ kind, value }) => kind === "number" && (value.trim() === "" || !Number.isFinite(Number(value))),
  );
  return wrong === undefined ? null : `The value of ${wrong.name} is no number.`;
}
