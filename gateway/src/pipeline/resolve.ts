import { GatewayError } from "../core/errors.ts";
import type { GatewaySettings } from "../core/gateway-settings.ts";
import { headerValue } from "../core/header-list.ts";
import type { RequestHead } from "../http1/parse-request-head.ts";
import type { Gateway } from "./gateway.ts";

/** Which gateway a request is for, and what it asks of it. */
export interface Resolved {
  readonly accountId: string;
  readonly gatewayId: string;
  readonly settings: GatewaySettings;
  /** Slug as the path names it; null for the universal endpoint. */
  readonly providerSlug: string | null;
  /** Path after the provider without leading slash and query, exactly as sent. */
  readonly rest: string;
  /** Query with its question mark, exactly as sent; empty when there is none. */
  readonly query: string;
}

const DEFAULT_ID = "default";

/**
 * Stage 1: finds account, gateway and provider in the path (reference §1.1, §1.11):
 * `/v1/{account}/{gateway}` for the universal endpoint, `/v1/{account}/{gateway}/{provider}/{rest}`, and
 * `/{provider}/{rest}` for the default gateway of the default account.
 * @throws GatewayError gatewayNotFound (2001), invalidProvider (2008), routeNotFound (7003), notSupported (9004) for WebSockets.
 */
export function resolve(head: RequestHead, gateway: Gateway): Resolved {
  if (headerValue(head.headers, "upgrade")?.toLowerCase() === "websocket") {
    throw new GatewayError("notSupported", { message: "WebSockets are not served by this version" });
  }
  const queryStart = head.target.indexOf("?");
  const path = queryStart < 0 ? head.target : head.target.slice(0, queryStart);
  const query = queryStart < 0 ? "" : head.target.slice(queryStart);
  const [first, afterFirst] = splitSegment(path.slice(1));
  if (first !== "v1") return resolveShortForm(gateway, { slug: first, rest: afterFirst, query });
  const [account, afterAccount] = splitSegment(afterFirst);
  const [gatewaySegment, afterGateway] = splitSegment(afterAccount);
  const accountId = decodeSegment(account);
  const gatewayId = decodeSegment(gatewaySegment);
  if (accountId === "" || gatewayId === "") {
    throw new GatewayError("routeNotFound", {
      message: `Could not route to ${path}: expected /v1/{account}/{gateway}/{provider}/{path} or /{provider}/{path}`,
    });
  }
  const settings = settingsOf(gateway, accountId, gatewayId);
  const [slug, rest] = splitSegment(afterGateway);
  if (slug !== "") {
    requireProvider(gateway, slug);
    return { accountId, gatewayId, settings, providerSlug: slug, rest, query };
  }
  if (head.method !== "POST") {
    throw new GatewayError("routeNotFound", { message: `The universal endpoint takes POST, not ${head.method}` });
  }
  return { accountId, gatewayId, settings, providerSlug: null, rest: "", query };
}

function resolveShortForm(gateway: Gateway, parts: { slug: string; rest: string; query: string }): Resolved {
  const { slug, rest, query } = parts;
  if (!gateway.providers.has(slug)) {
    throw new GatewayError("routeNotFound", {
      message: `Could not route to /${slug}: expected /v1/{account}/{gateway}/{provider}/{path} or /{provider}/{path}`,
    });
  }
  const settings = settingsOf(gateway, DEFAULT_ID, DEFAULT_ID);
  return { accountId: DEFAULT_ID, gatewayId: DEFAULT_ID, settings, providerSlug: slug, rest, query };
}

function settingsOf(gateway: Gateway, accountId: string, gatewayId: string): GatewaySettings {
  const { accounts } = gateway.config;
  const account = Object.hasOwn(accounts, accountId) ? accounts[accountId] : undefined;
  if (account === undefined) {
    throw new GatewayError("gatewayNotFound", { path: "account", cause: `account "${accountId}" is not configured` });
  }
  const settings = Object.hasOwn(account.gateways, gatewayId) ? account.gateways[gatewayId] : undefined;
  if (settings === undefined) {
    throw new GatewayError("gatewayNotFound", {
      path: "gateway",
      cause: `account "${accountId}" has no gateway "${gatewayId}"`,
    });
  }
  return settings;
}

function requireProvider(gateway: Gateway, slug: string): void {
  if (gateway.providers.has(slug)) return;
  if (slug === "compat") throw new GatewayError("compatUnsupported");
  throw new GatewayError("invalidProvider", { path: "provider", cause: `there is no provider "${slug.slice(0, 64)}"` });
}

function splitSegment(path: string): [segment: string, rest: string] {
  const slash = path.indexOf("/");
  return slash < 0 ? [path, ""] : [path.slice(0, slash), path.slice(slash + 1)];
}

function decodeSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
