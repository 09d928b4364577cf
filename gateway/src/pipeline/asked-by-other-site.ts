import { headerValue } from "../core/header-list.ts";
import { isLocalName } from "../core/address-policy.ts";
import { parseIpAddress } from "../core/ip-address.ts";
import { isLoopbackAddress } from "../core/is-loopback-address.ts";
import type { IncomingRequest } from "../http1/server-connection.ts";
import type { PathForm } from "./read-path.ts";

/**
 * Whether a page of another site asks through the browser of somebody who may reach the gateway, as far as that can be told: by
 * `sec-fetch-site` and `origin`, which no page can write (WebSockets are open to every page), and by a name of the public net that leads
 * to this machine (DNS rebinding), unless it is a gateway's own or the operator let everybody in. Programs that are no browsers send
 * neither.
 */
export function isAskedByOtherSite(
  { head, remoteAddress }: IncomingRequest,
  { form, allowsOpen }: { readonly form: PathForm; readonly allowsOpen: boolean },
): boolean {
  const { headers } = head;
  const site = headerValue(headers, "sec-fetch-site");
  if (site === "cross-site") return true;
  const host = nameOf(`http://${headerValue(headers, "host") ?? ""}`);
  const origin = headerValue(headers, "origin");
  if (site === undefined && origin !== undefined && !isSameName(nameOf(origin), host)) return true;
  if (allowsOpen || form === "domain" || !isLoopbackAddress(remoteAddress)) return false;
  return host !== null && !isOfThisNet(host);
}

function nameOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, "") : null;
}

function isSameName(left: string | null, right: string | null): boolean {
  if (left === null || right === null) return false;
  return left === right || (isOfThisMachine(left) && isOfThisMachine(right));
}

function isOfThisMachine(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost") || isLoopbackAddress(name);
}

/** No stranger can make such a name lead here. */
function isOfThisNet(name: string): boolean {
  return name === "" || parseIpAddress(name) !== null || isLocalName(name);
}
