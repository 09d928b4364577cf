import type { JsonObject } from "../../core/gateway-settings.ts";

/** Rows by one of their members, as text; rows alike keep their order. */
export function inOrder(
  rows: readonly JsonObject[],
  { order, direction }: { readonly order: string; readonly direction: "asc" | "desc" },
): JsonObject[] {
  const sign = direction === "asc" ? 1 : -1;
  return rows.toSorted((left, right) => {
    const [first, second] = [String(left[order]), String(right[order])];
    return first === second ? 0 : first < second ? -sign : sign;
  });
}
