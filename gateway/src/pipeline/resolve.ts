import { GatewayError } from "../core/errors.ts";
import type { GatewaySettings } from "../core/gateway-settings.ts";
import { headerValue } from "../core/header-list.ts";
import type { RequestHead } from "../http1/parse-request-head.ts";
import type { Gateway } from "./gateway.ts";
import { noSuchRoute, type PathForm, readPath, type RequestPath } from "./read-path.ts";

/** Which gateway a request is for, and what it asks of it. */
export interface Resolved {
  readonly form: PathForm;
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

/**
 * Stage 1: finds account, gateway and provider of what the path asks for (`readPath`).
 * @throws GatewayError gatewayNotFound (2001), invalidProvider (2008), compatUnsupported (2019), invalidRequest (7001),
 * routeNotFound (7003), notSupported (9004) for WebSockets.
 */
export function resolve(head: RequestHead, gateway: Gateway): Resolved {
  if (headerValue(head.headers, "upgrade")?.toLowerCase() === "websocket") {
    throw new GatewayError("notSupported", { message: "WebSockets are not served by this version" });
  }
  const path = readPath(head);
  const { form, accountId, gatewayId, asked, query } = path;
  if (form === "short") requireShortRoute(gateway, path);
  const settings = settingsOf(gateway, accountId, gatewayId);
  const found = { form, accountId, gatewayId, settings, query };
  if (asked.kind === "compat") throw new GatewayError("compatUnsupported");
  if (asked.kind === "provider") {
    requireProvider(gateway, asked.slug);
    return { ...found, providerSlug: asked.slug, rest: asked.rest };
  }
  if (head.method !== "POST") {
    throw new GatewayError("routeNotFound", { message: `The universal endpoint takes POST, not ${head.method}` });
  }
  return { ...found, providerSlug: null, rest: "" };
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

/** The short form shares the root with everything else, so an unknown first segment is no route rather than no provider. */
function requireShortRoute(gateway: Gateway, { asked }: RequestPath): void {
  if (asked.kind === "provider" && !gateway.providers.has(asked.slug)) throw noSuchRoute(`/${asked.slug}`);
}

function requireProvider(gateway: Gateway, slug: string): void {
  if (gateway.providers.has(slug)) return;
  throw new GatewayError("invalidProvider", { path: "provider", cause: `there is no provider "${slug.slice(0, 64)}"` });
}
