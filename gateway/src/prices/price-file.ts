import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PriceEntry } from "../core/price-entry.ts";
import { PriceDataError } from "./price-data.ts";
import { readPriceSettings } from "./read-price-settings.ts";

/** A file of more is none of ours. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** Where the control process tells the workers all prices set through the API. */
export function priceFilePath(dataDirectory: string): string {
  return join(dataDirectory, "prices.json");
}

/** What a price file holds: every entry, in the order they were set. */
export function priceFileText(entries: readonly PriceEntry[]): string {
  return `${JSON.stringify({ format: 1, entries })}\n`;
}

/** The entries of a price file, each of them checked. Throws PriceDataError at the first fault, the system's error when it cannot be read. */
export function readPriceFile(path: string): readonly PriceEntry[] {
  const text = readFileSync(path, "utf8");
  if (text.length > MOST_CHARACTERS) throw new PriceDataError("entries", "is too long a file");
  const file = parse(text) as { readonly format?: unknown; readonly entries?: unknown } | null;
  if (file?.format !== 1) throw new PriceDataError("format", "expected 1");
  if (!Array.isArray(file.entries)) throw new PriceDataError("entries", "expected a list");
  return file.entries.map((entry: unknown, index) => checkEntry(entry, `entries[${index}]`));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PriceDataError("file", "expected JSON");
  }
}

function checkEntry(value: unknown, path: string): PriceEntry {
  const { id, provider, model, fromMs, settings, createdAtMs } = (value ?? {}) as Partial<PriceEntry>;
  if (typeof id !== "string" || typeof provider !== "string" || typeof model !== "string")
    throw new PriceDataError(path, "expected id, provider and model");
  if (fromMs !== null && !Number.isSafeInteger(fromMs)) throw new PriceDataError(`${path}.fromMs`, "expected a time");
  if (!Number.isSafeInteger(createdAtMs)) throw new PriceDataError(`${path}.createdAtMs`, "expected a time");
  if (settings !== null) readPriceSettings(settings, `${path}.settings`);
  return value as PriceEntry;
}
