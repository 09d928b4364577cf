import type { DialectId } from "./dialect.ts";

/**
 * True for protocols whose streams begin with a first count of the completion and correct it only at their end, so that what was told until a cut says nothing
 * of what was written. Others tell nothing before the end, or a count that runs along.
 */
export function tellsFirstCountOnly(dialect: DialectId): boolean {
  return dialect === "anthropic-messages" || dialect === "bedrock-invoke";
}
