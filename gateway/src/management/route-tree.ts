import { isPermission, openPermissions } from "../access/permissions.ts";
import type { Route } from "./route.ts";

/** Routes by path segment: what is named goes before what is a parameter. */
export interface RouteTree {
  readonly named: Map<string, RouteTree>;
  parameter: { readonly name: string; readonly tree: RouteTree } | null;
  /** By method. */
  readonly routes: Map<string, Route>;
}

/** Where a path leads: the routes there by method, and its parameters decoded. */
export interface RouteMatch {
  readonly routes: ReadonlyMap<string, Route>;
  readonly params: Readonly<Record<string, string>>;
}

/** @throws Error when two routes answer the same, one parameter has two names, or a route declares itself by half: faults of the program. */
export function buildRouteTree(routes: readonly Route[]): RouteTree {
  const root = emptyTree();
  for (const route of routes) {
    refuseHalfDeclared(route);
    const tree = segmentsOf(route.path).reduce(descend, root);
    if (tree.routes.has(route.method)) throw new Error(`Two routes for ${route.method} ${route.path}`);
    tree.routes.set(route.method, route);
  }
  return root;
}

function refuseHalfDeclared({ method, path, permission, summary, params }: Route): void {
  if (!isPermission(permission) && !Object.hasOwn(openPermissions, permission))
    throw new Error(`${method} ${path} declares no permission`);
  if (summary === "") throw new Error(`${method} ${path} declares no summary`);
  const inPath = segmentsOf(path).filter((segment) => segment.startsWith(":"));
  const declared = Object.keys(params.shape).map((name) => `:${name}`);
  if (inPath.join() !== declared.join()) throw new Error(`${method} ${path} declares other parameters than it has`);
}

/** Null when no route has this path, or an escape in it is broken. `pathname` is as it came, percent-encoded. */
export function findRoute(tree: RouteTree, pathname: string): RouteMatch | null {
  const segments = segmentsOf(pathname).map(decodeSegment);
  if (segments.includes(null)) return null;
  return walk(tree, segments as string[], {});
}

function walk(
  tree: RouteTree,
  segments: readonly string[],
  params: Readonly<Record<string, string>>,
): RouteMatch | null {
  const [segment, ...rest] = segments;
  if (segment === undefined) return tree.routes.size === 0 ? null : { routes: tree.routes, params };
  const named = tree.named.get(segment);
  const match = named === undefined ? null : walk(named, rest, params);
  if (match !== null || tree.parameter === null || segment === "") return match;
  const { name, tree: below } = tree.parameter;
  return walk(below, rest, { ...params, [name]: segment });
}

function descend(tree: RouteTree, segment: string): RouteTree {
  if (!segment.startsWith(":")) {
    const named = tree.named.get(segment) ?? emptyTree();
    tree.named.set(segment, named);
    return named;
  }
  const name = segment.slice(1);
  tree.parameter ??= { name, tree: emptyTree() };
  if (tree.parameter.name !== name) throw new Error(`:${name} is called :${tree.parameter.name} in another route`);
  return tree.parameter.tree;
}

function emptyTree(): RouteTree {
  return { named: new Map(), parameter: null, routes: new Map() };
}

function segmentsOf(path: string): string[] {
  return path.split("/").slice(1);
}

function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
