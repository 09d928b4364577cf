import { allGrants, everyAccount, type Caller, type Concern, mayDo } from "../access/caller.ts";
import { isPermission, isPublic } from "../access/permissions.ts";
import { failure } from "./envelope.ts";
import { ManagementError } from "./management-error.ts";
import { parseJsonBody, readBody } from "./read-body.ts";
import type { ManagementRequest, Route } from "./route.ts";
import { buildRouteTree, findRoute } from "./route-tree.ts";

/** What a router may be given beside its routes. */
export interface RouterOptions {
  /**
   * Says who asks; throws a ManagementError (401 or 403, code 10000) when that cannot be said. Asked once a route is found, before its
   * body is read, and not for routes that ask for no credential. Default: somebody who may do everything.
   */
  readonly identify?: (request: Request) => Caller | Promise<Caller>;
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
      const caller = await callerOf(request, route, options);
      refuseUnlessAllowed(caller, route, match.params);
      const answer = await route.handle(asManagementRequest(request, { url, params: match.params, caller, options }));
      return request.method === "HEAD" ? await withoutBody(answer) : answer;
    } catch (error) {
      if (error instanceof ManagementError) return failure(error);
      // Whoever left in the middle of a body breaks its reading, which is no fault of ours.
      if (!request.signal.aborted) options.onFault?.(error, route);
      return failure(new ManagementError("internal"));
    }
  };
}

function asManagementRequest(
  request: Request,
  given: { url: URL; params: Readonly<Record<string, string>>; caller: Caller; options: RouterOptions },
): ManagementRequest {
  const { url, params, caller, options } = given;
  const bytes = (): Promise<Buffer> => readBody(request, options.maxBodyBytes ?? 1_048_576);
  return {
    method: request.method,
    url,
    params,
    headers: request.headers,
    signal: request.signal,
    caller,
    require(permission, accountId) {
      const concern = concernOf(params);
      const asked = accountId === undefined ? concern : { ...concern, accountId };
      if (!mayDo(caller, permission, asked)) throw new ManagementError("forbidden");
    },
    bytes,
    json: async () => parseJsonBody(await bytes()),
  };
}

/** Somebody who may do everything: for routers without accounts of their own. */
const everybody: Caller = { type: "local", id: "anybody", email: null, ip: null, grants: allGrants, gatewayIds: null };
/** Whoever asks for what is public. */
const nobody: Caller = { ...everybody, grants: new Map() };

async function callerOf(request: Request, { permission }: Route, { identify }: RouterOptions): Promise<Caller> {
  if (isPublic(permission)) return nobody;
  return identify === undefined ? everybody : identify(request);
}

/** The same answer whether there is what was asked for or not: it comes before anything is looked up. */
function refuseUnlessAllowed(caller: Caller, route: Route, params: Readonly<Record<string, string>>): void {
  const { permission, isOfAllAccounts } = route;
  const concern = isOfAllAccounts === true ? { accountId: everyAccount, gatewayId: null } : concernOf(params);
  if (isPermission(permission) && !mayDo(caller, permission, concern)) throw new ManagementError("forbidden");
}

function concernOf({ accountId = null, gatewayId = null }: Readonly<Record<string, string | null>>): Concern {
  return { accountId, gatewayId };
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
