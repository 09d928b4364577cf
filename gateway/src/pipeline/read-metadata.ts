import type { Metadata } from "../core/exchange.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";

/** Entries kept of one request's metadata. */
const MAX_ENTRIES = 5;
/** Names the gateway keeps for itself. */
const RESERVED_PREFIX = "cf.";

/**
 * Reads `cf-aig-metadata` (reference §10.5): a flat JSON object of texts, numbers and booleans. The first five entries
 * count, reserved names do not. A value of another kind, or text that is no JSON object, makes the whole header count as absent.
 */
export function readMetadata(headers: HeaderList): Metadata | null {
  const text = headerValue(headers, "cf-aig-metadata");
  if (text === undefined || !text.startsWith("{")) return null;
  const parsed = parse(text);
  if (parsed === null) return null;
  const entries = Object.entries(parsed).filter(([name]) => !name.startsWith(RESERVED_PREFIX));
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of entries.slice(0, MAX_ENTRIES)) {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return null;
    kept[name] = value;
  }
  return entries.length === 0 ? null : kept;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    // Header values are bytes; whoever writes JSON into one means UTF-8.
    return JSON.parse(Buffer.from(text, "latin1").toString("utf8")) as Record<string, unknown>;
  } catch {
    return null;
  }
}
