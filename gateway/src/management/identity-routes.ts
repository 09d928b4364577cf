import { memberRoutes } from "./people/member-routes.ts";
import type { PeopleRoutesOptions } from "./people/people-routes-options.ts";
import { userRoutes } from "./people/user-routes.ts";
import type { Route } from "./route.ts";
import { sessionRoutes } from "./session/session-routes.ts";
import type { SessionRoutesOptions } from "./session/session-routes-options.ts";
import { tokenRoutes } from "./tokens/token-routes.ts";
import type { TokenRoutesOptions } from "./tokens/token-routes-options.ts";

/** What the routes work with by which it is managed who may do what. */
export type IdentityRoutesOptions = TokenRoutesOptions & SessionRoutesOptions & PeopleRoutesOptions;

/** Every one of those routes. */
export function identityRoutes(options: IdentityRoutesOptions): Route[] {
  return [...sessionRoutes(options), ...memberRoutes(options), ...userRoutes(options), ...tokenRoutes(options)];
}
