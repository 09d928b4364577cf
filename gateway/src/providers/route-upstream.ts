import type { HeaderList } from "../core/header-list.ts";
import type { DialectId } from "../dialects/dialect.ts";
import type { SigningScope } from "./apply-key.ts";
import { resolveBaseUrl, type UpstreamOrigin } from "./base-url.ts";
import { checkPath, checkQuery } from "./check-path.ts";
import { invalidTarget, type ProviderRequest, type RoutedPath } from "./provider.ts";
import type { CompiledProvider } from "./registry.ts";

/** One request as it goes to a provider. */
export interface UpstreamTarget {
  readonly origin: UpstreamOrigin;
  /** Value of `Host`; the port only where it is not the scheme's own. */
  readonly hostHeader: string;
  /** Origin-form path and query, exactly as to be sent. */
  readonly target: string;
  /** The client's fields after what the provider's rule changed. */
  readonly headers: HeaderList;
  readonly dialect: DialectId;
  /** Model named by the path; null when the path names none. */
  readonly model: string | null;
  /** Where a signature over the request would hold; null where none is taken. */
  readonly signing: SigningScope | null;
}

/**
 * Where a request goes at a provider (reference §1.4, §1.5). The rest of the path is kept byte for byte, except that a version segment which
 * the base URL already ends in is not repeated. The host is the provider's own whatever the path says.
 * @throws GatewayError invalidRequest for paths that could reach elsewhere (see `checkPath`) or that lack what the provider's rule needs.
 */
export function routeUpstream(compiled: CompiledProvider, request: ProviderRequest): UpstreamTarget {
  const rest = request.rest.startsWith("/") ? request.rest.slice(1) : request.rest;
  checkPath(rest, "path");
  checkQuery(request.query, "query");
  const { provider } = compiled;
  const route = request.isSocket === true ? (provider.socket?.route ?? provider.route) : provider.route;
  const routed: RoutedPath = route === undefined ? { path: rest } : route({ ...request, rest });
  return targetOf(compiled, routed, request);
}

/**
 * The target of a path that a rule has made.
 * @throws GatewayError invalidRequest for values that fit no host.
 */
export function targetOf(
  compiled: CompiledProvider,
  routed: RoutedPath,
  request: Pick<ProviderRequest, "query" | "headers" | "accountId">,
): UpstreamTarget {
  const base = (routed.base === undefined ? undefined : compiled.otherBases[routed.base]) ?? compiled.base;
  const upstream = base.fixed ?? resolveBaseUrl(base, { ...routed.values, account: request.accountId });
  return {
    origin: upstream.origin,
    hostHeader: upstream.hostHeader,
    target: joinPath(upstream.path, base.repeatable, routed.path) + (routed.query ?? request.query),
    headers: routed.headers ?? request.headers,
    dialect: compiled.dialectFor(routed.path),
    model: routed.model ?? compiled.provider.modelFromPath?.(routed.path) ?? null,
    signing: routed.signing ?? null,
  };
}

function joinPath(basePath: string, repeatable: readonly string[], path: string): string {
  for (const repeated of repeatable) {
    if (!path.startsWith(repeated)) continue;
    const tail = path.slice(repeated.length);
    if (tail === "" || tail.startsWith("/")) return basePath + tail;
  }
  if (path === "") return basePath === "" ? "/" : basePath;
  if (path.startsWith("/"))
    throw invalidTarget("path", "the path below the provider may not begin with several slashes");
  return `${basePath}/${path}`;
}
