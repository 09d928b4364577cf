import type { z } from "zod";
import { parseQuery, validate } from "./parse-query.ts";
import type { ManagementRequest, Route, RouteDeclaration } from "./route.ts";

/** What a route is asked, parsed by its own schemas. */
export interface Asked<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType> {
  readonly request: ManagementRequest;
  /** As they stand in the path: nothing of them is checked. */
  readonly params: Readonly<Record<keyof z.output<Params>, string>>;
  readonly query: z.output<Query>;
  readonly body: z.output<Body>;
}

/** A route whose handler is given what it declares to be asked. */
export interface TypedRoute<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
> extends RouteDeclaration {
  readonly params: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly handle: (asked: Asked<Params, Query, Body>) => Response | Promise<Response>;
}

/**
 * The route that parses query and body before its handler sees them: 400 code 7001 with path `["query", name]` or `["body", …]` for what
 * is not as declared. Parameters of the query that are not declared are ignored (reference §24); members of the body are, or not, as its
 * schema says. Without a query or body in the declaration its value is undefined.
 */
export function defineRoute<
  Params extends z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodUndefined,
>({ handle, ...declaration }: TypedRoute<Params, Query, Body>): Route {
  const { query, body } = declaration;
  return {
    ...declaration,
    async handle(request) {
      const asked = {
        request,
        params: request.params as Readonly<Record<keyof z.output<Params>, string>>,
        query: query === undefined ? undefined : parseQuery(request.url.searchParams, query),
        body: body === undefined ? undefined : validate(body, await request.json(), ["body"]),
      };
      return handle(asked as Asked<Params, Query, Body>);
    },
  };
}
