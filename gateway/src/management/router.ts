import type { Permission } from "../access/permissions.ts";
import { failure } from "./envelope.ts";
import { ManagementError } from "./management-error.ts";
import { parseJsonBody, readBody } from "./read-body.ts";
import type { ManagementRequest, Route } from "./route.ts";
import { buildRouteTree, findRoute } from "./route-tree.ts";

/** What a router may be given beside its routes. */
export interface RouterOptions {
  /** Throws a ManagementError when the caller may not; asked once a route is found, before its body is read. Default: all may. */
  readonly authorize?: (request: Request, permission: Permission) => void | Promise<void>;
  /** Largest request body. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Told of errors that nobody threw on purpose; the caller learns nothing of them. */
  readonly onFault?: (error: unknown, route: Route) => void;
}

/**
 * Answers requests by `routes`: 404 code 7003 for unknown paths, 405 with `allow` for unknown methods, HEAD where GET is, and the
 * v4 envelope (reference §14.0) for everything that is thrown. Never rejects.
 * @throws Error at once for routes that contradict each other or declare themselves by half.
 */
export function createRouter(
  routes: readonly Route[],
  options: RouterOptions = {},
): (request: Request) => Promise<Response> {
  const tree = buildRouteTree(routes);
  return async (request) => {
    const url = new URL(request.url);
    const match = findRoute(tree, url.pathname);
    if (match === null) return failure(unroutable(url.pathname));
    const route = match.routes.get(request.method === "HEAD" ? "GET" : request.method);
    if (route === undefined) return failure(methodNotAllowed(request.method, match.routes));
    try {
      refuseOtherSites(request);
      await options.authorize?.(request, route.permission);
      const answer = await route.handle(asManagementRequest(request, { url, params: match.params, options }));
      return request.method === "HEAD" ? await withoutBody(answer) : answer;
    } catch (error) {
      if (error instanceof ManagementError) return failure(error);
      options.onFault?.(error, route);
      return failure(new ManagementError("internal"));
    }
  };
}

function asManagementRequest(
  request: Request,
  { url, params, options }: { url: URL; params: Readonly<Record<string, string>>; options: RouterOptions },
): ManagementRequest {
  const bytes = (): Promise<Buffer> => readBody(request, options.maxBodyBytes ?? 1_048_576);
  return {
    method: request.method,
    url,
    params,
    headers: request.headers,
    signal: request.signal,
    require: async (permission) => options.authorize?.(request, permission),
    bytes,
    json: async () => parseJsonBody(await bytes()),
  };
}

/** Browsers name their site; without this a page elsewhere could change things through a visitor who is let in. */
function refuseOtherSites(request: Request): void {
  const isReading = request.method === "GET" || request.method === "HEAD";
  if (isReading || request.headers.get("sec-fetch-site") !== "cross-site") return;
  throw new ManagementError("forbidden", [{ message: "Pages of other sites may change nothing here" }]);
}

function unroutable(pathname: string): ManagementError {
  return new ManagementError("unroutable", [
    { message: `Could not route to ${pathname}, perhaps your object identifier is invalid?` },
  ]);
}

function methodNotAllowed(method: string, routes: ReadonlyMap<string, Route>): ManagementError {
  const methods = [...routes.keys(), ...(routes.has("GET") ? ["HEAD"] : [])].toSorted();
  const message = `Method ${method} not available for that URI`;
  return new ManagementError("methodNotAllowed", [{ message }], { allow: methods.join(", ") });
}

async function withoutBody({ status, headers, body }: Response): Promise<Response> {
  await body?.cancel();
  return new Response(null, { status, headers });
}
