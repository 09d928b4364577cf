import type { Notice } from "../envelope.ts";

/** Says what is asked for in vain. */
export function noticesOf(rateLimit: number | null | undefined): Notice[] {
  return typeof rateLimit === "number"
    ? [{ code: 9100, message: "rate_limit is kept and has no effect in this version", path: ["body", "rate_limit"] }]
    : [];
}
