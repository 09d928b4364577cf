import { GatewayError } from "../core/errors.ts";
import type { GatewaySettings } from "../core/gateway-settings.ts";
import type { ActiveAccount } from "../settings/active-settings.ts";
import { findBareModelOwner } from "../providers/find-compat-provider.ts";
import type { RequestHead } from "../http1/parse-request-head.ts";
import { asksForWebSocket } from "../websocket/handshake.ts";
import type { Gateway } from "./gateway.ts";
import { domainOf } from "./domain-of.ts";
import { noSuchRoute, type PathForm, readPath, type RequestPath, type RunAsked } from "./read-path.ts";

/** Which gateway a request is for, and what it asks of it. */
export interface Resolved {
  readonly form: PathForm;
  readonly accountId: string;
  /** The account as it was when the request came; so is `settings`. */
  readonly account: ActiveAccount;
  readonly gatewayId: string;
  readonly settings: GatewaySettings;
  /** Slug as the path names it; `COMPAT` where the body's model decides, null for the universal endpoint. */
  readonly providerSlug: string | null;
  /** What is run by its name; null where something else is asked. */
  readonly run: RunAsked | null;
  /** Path after the provider without leading slash and query, exactly as sent. */
  readonly rest: string;
  /** Query with its question mark, exactly as sent; empty when there is none. */
  readonly query: string;
}

/** Stands for a provider where the model's name chooses it (reference §1.7). */
export const COMPAT = "compat";

/**
 * Finds account, gateway and provider of what the path asks for (`readPath`).
 * @throws GatewayError gatewayNotFound (2001), invalidProvider (2008), invalidRequest (7001), routeNotFound (7003).
 */
export function resolve(head: RequestHead, gateway: Gateway): Resolved {
  const path = readPath(head, domainOf(head, gateway.settings));
  const { form, accountId, gatewayId, asked, query } = path;
  if (form === "short") requireShortRoute(gateway, path);
  const account = accountOf(gateway, accountId);
  const settings = settingsOf(account, accountId, gatewayId);
  const found = { form, accountId, account, gatewayId, settings, query, run: null };
  if (asked.kind === "run") return resolveRun(found, { run: asked.run, method: head.method });
  if (asked.kind === "compat") return { ...found, providerSlug: COMPAT, rest: asked.rest };
  if (asked.kind === "provider") {
    requireProvider(account, asked.slug);
    return { ...found, providerSlug: asked.slug, rest: asked.rest };
  }
  if (head.method !== "POST" && !asksForWebSocket(head)) {
    throw new GatewayError("routeNotFound", { message: `The universal endpoint takes POST, not ${head.method}` });
  }
  return { ...found, providerSlug: null, rest: "" };
}

/** A model that is known by its name alone, with an input that is the whole body, is a request to its provider as any other. */
function resolveRun(
  found: Omit<Resolved, "providerSlug" | "rest">,
  { run, method }: { readonly run: RunAsked; readonly method: string },
): Resolved {
  if (method !== "POST") throw new GatewayError("routeNotFound", { message: `Models are run by POST, not ${method}` });
  const owner =
    run.model === null || run.inputMember !== null ? null : findBareModelOwner(found.account.providers, run.model);
  const rest = owner?.provider.runPath?.(run.model as string);
  if (owner === null || rest === undefined) return { ...found, run, providerSlug: COMPAT, rest: "run" };
  return { ...found, run, providerSlug: owner.slug, rest };
}

function accountOf(gateway: Gateway, accountId: string): ActiveAccount {
  const account = gateway.settings.accounts[accountId];
  if (account !== undefined) return account;
  throw new GatewayError("gatewayNotFound", { path: "account", cause: `account "${accountId}" is not configured` });
}

function settingsOf(account: ActiveAccount, accountId: string, gatewayId: string): GatewaySettings {
  const settings = account.gateways[gatewayId];
  if (settings !== undefined) return settings;
  throw new GatewayError("gatewayNotFound", {
    path: "gateway",
    cause: `account "${accountId}" has no gateway "${gatewayId}"`,
  });
}

/** The short form shares the root with everything else, so an unknown first segment is no route rather than no provider. */
function requireShortRoute(gateway: Gateway, { accountId, asked }: RequestPath): void {
  if (asked.kind !== "provider") return;
  if (gateway.settings.accounts[accountId]?.providers.has(asked.slug) !== true) throw noSuchRoute(`/${asked.slug}`);
}

function requireProvider(account: ActiveAccount, slug: string): void {
  if (account.providers.has(slug)) return;
  throw new GatewayError("invalidProvider", { path: "provider", cause: `there is no provider "${slug.slice(0, 64)}"` });
}
