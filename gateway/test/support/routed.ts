import { GatewayError } from "../../src/core/errors.ts";
import type { ProviderRequest } from "../../src/providers/provider.ts";
import { compileProviders } from "../../src/providers/registry.ts";
import { routeUpstream, type UpstreamTarget } from "../../src/providers/route-upstream.ts";

/** Every built-in provider where it is by itself. */
export const registry = compileProviders({});

/** Where a request to a built-in provider goes. */
export function routed(slug: string, rest: string, more: Partial<ProviderRequest> = {}): UpstreamTarget {
  const provider = registry.get(slug);
  if (provider === undefined) throw new Error(`no provider ${slug}`);
  return routeUpstream(provider, { rest, query: "", headers: [], accountId: "acc1", ...more });
}

/** The error that an action is refused with; fails when it is not. */
export function refusalOf(action: () => unknown): GatewayError {
  try {
    action();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
