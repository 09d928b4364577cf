import { headerValue } from "../core/header-list.ts";
import { isLoopbackAddress } from "../core/is-loopback-address.ts";
import type { IncomingRequest } from "../http1/server-connection.ts";

/** Fields by which a proxy tells that it passes on what somebody else asked. */
const FORWARDED_FIELDS = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/**
 * Whether a request was made on this machine and meant for it: it came from a loopback address, names a loopback host, no
 * proxy passed it on, and no page of another origin made it. A page elsewhere whose name was made to point here (DNS
 * rebinding) names another host.
 */
export function isLocalRequest(request: IncomingRequest): boolean {
  const { headers } = request.head;
  if (!isLoopbackAddress(request.remoteAddress)) return false;
  if (FORWARDED_FIELDS.some((name) => headerValue(headers, name) !== undefined)) return false;
  const host = headerValue(headers, "host") ?? "";
  const origin = headerValue(headers, "origin");
  if (origin !== undefined && origin !== `http://${host}`) return false;
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host);
}
