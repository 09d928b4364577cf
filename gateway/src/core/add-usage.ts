import type { TokenUsage } from "./usage.ts";

/** What two answers used together: counts are added, one that only one of them tells stands, and the later service tier does. */
export function addUsage(earlier: TokenUsage | null, later: TokenUsage | null): TokenUsage | null {
  if (earlier === null || later === null) return earlier ?? later;
  const sum: Record<string, unknown> = { ...earlier };
  for (const [name, value] of Object.entries(later)) {
    const before = sum[name];
    sum[name] = typeof value === "number" && typeof before === "number" ? before + value : value;
  }
  return sum as TokenUsage;
}
