import type { HeaderList } from "../../src/core/header-list.ts";
import type { TokenUsage } from "../../src/core/usage.ts";
import type { Dialect, EventKind } from "../../src/dialects/dialect.ts";
import { UsageReader } from "../../src/dialects/read-usage.ts";

/** The usage that a dialect reads from one body, or from the events of one stream in order. */
export function usageOf(dialect: Dialect, documents: readonly unknown[], headers: HeaderList = []): TokenUsage | null {
  const reader = new UsageReader(dialect, headers);
  for (const document of documents) reader.note(document);
  return reader.usage();
}

/** What a dialect makes of an event whose data is `data`: a text as it stands, anything else as JSON. */
export function kindOf(dialect: Dialect, data: unknown, type = ""): EventKind {
  if (typeof data === "string") return dialect.classifyEvent({ type, data, body: undefined });
  return dialect.classifyEvent({ type, data: JSON.stringify(data), body: data });
}
