import type { ManagementRequest } from "./route.ts";

/**
 * Scheme, host and port under which a client reached this gateway, as it or the proxy before it says. For showing only: nothing is sent
 * there.
 */
export function publicOrigin({ url, headers }: ManagementRequest): string {
  const scheme = headers.get("x-forwarded-proto") === "https" ? "https" : "http";
  return `${scheme}://${url.host}`;
}
