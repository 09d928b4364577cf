import { GatewayError } from "../core/errors.ts";
import { headerValue } from "../core/header-list.ts";
import type { RequestHead } from "../http1/parse-request-head.ts";
import { decodeSegment } from "../providers/decode-segment.ts";

/** A call that a Worker's AI binding made of its fetcher (reference §1.10). */
export interface BindingCall {
  readonly accountId: string;
  /** Path and query below the binding's origin, exactly as written. */
  readonly target: string;
  /** Whether it came through the development proxy, where `Authorization` carries a management token. */
  readonly isProxied: boolean;
}

/** Account of calls that name none. */
const DEFAULT_ACCOUNT = "default";
/** The origin under which a binding's calls are written; nothing is ever sent there. */
const ORIGIN = "https://workers-binding.ai";
const PROXY_PATH = /^\/client\/v4\/accounts\/([^/?]+)\/ai\/run\/proxy\/?(?:\?.*)?$/;
const BINDING_PATH = /^\/(?:(?:ai-gateway|ai-api)\/|run(?:\?|$))/;
const RUN_PATH = /^(?:\/ai-gateway)?\/run(?:\?|$)/;
const GATEWAY_MANAGEMENT = /^\/ai-gateway\/(gateways\/[^/?]+\/(?:url|logs)\/[^/?]+)$/;
const MODEL_SEARCH = /^\/ai-api\/(models\/search(?:\?.*)?)$/;

/** Whether a target is a binding's: one of its own paths, or the development proxy's. */
export function isBindingTarget(target: string): boolean {
  return BINDING_PATH.test(target) || PROXY_PATH.test(target);
}

/**
 * The binding's call in a request, sent as it is or through the development proxy, which names the URL in `X-Forwarded`
 * (reference §A.6); null when the request is none.
 * @throws GatewayError invalidRequest (7001) for a proxied call without URL, or of another origin.
 */
export function bindingCallOf(head: RequestHead): BindingCall | null {
  const proxied = PROXY_PATH.exec(head.target);
  if (proxied === null) {
    if (!BINDING_PATH.test(head.target)) return null;
    return { accountId: DEFAULT_ACCOUNT, target: head.target, isProxied: false };
  }
  const original = headerValue(head.headers, "x-forwarded");
  if (original === undefined || !original.startsWith(`${ORIGIN}/`)) {
    const got = original === undefined ? "and is missing" : `got "${original.slice(0, 128)}"`;
    throw new GatewayError("invalidRequest", {
      path: "x-forwarded",
      message: `x-forwarded must name the URL the binding called, below ${ORIGIN}/, ${got}`,
    });
  }
  return { accountId: decodeSegment(proxied[1] as string), target: original.slice(ORIGIN.length), isProxied: true };
}

/** Whether a binding's call runs a model: `/run`, or `/ai-gateway/run` where its options name a gateway. */
export function isRunCall({ target }: BindingCall): boolean {
  return RUN_PATH.test(target);
}

/** The management route that answers a binding's call; null when the call is inference. */
export function managementTargetOf({ accountId, target }: BindingCall): string | null {
  const account = `/client/v4/accounts/${encodeURIComponent(accountId)}`;
  const gateways = GATEWAY_MANAGEMENT.exec(target);
  if (gateways !== null) return `${account}/ai-gateway/${gateways[1]}`;
  const models = MODEL_SEARCH.exec(target);
  return models === null ? null : `${account}/ai/${models[1]}`;
}
