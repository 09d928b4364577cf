import { headerValue } from "../core/header-list.ts";
import type { RequestHead } from "../http1/parse-request-head.ts";
import type { ActiveSettings, GatewayPlace } from "../settings/active-settings.ts";

/**
 * The gateway that a request's host name belongs to (reference §1.11); null for the server's own names. Port, case and a trailing
 * dot of the name make no difference.
 */
export function domainOf(head: RequestHead, { domains }: ActiveSettings): GatewayPlace | null {
  if (domains.size === 0) return null;
  const name = headerValue(head.headers, "host")
    ?.toLowerCase()
    .replace(/\.?(?::\d*)?$/, "");
  return (name === undefined ? undefined : domains.get(name)) ?? null;
}
