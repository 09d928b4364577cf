import { memberRoutes } from "./people/member-routes.ts";
import type { PeopleRoutesOptions } from "./people/people-routes-options.ts";
import { sessionListRoutes } from "./people/session-list-routes.ts";
import { userRoutes } from "./people/user-routes.ts";
import type { Route } from "./route.ts";
import { oidcRoutes } from "./session/oidc-routes.ts";
import type { OidcRoutesOptions } from "./session/oidc-routes-options.ts";
import { ownSessionRoutes } from "./session/own-session-routes.ts";
import { sessionRoutes } from "./session/session-routes.ts";
import { tokenRoutes } from "./tokens/token-routes.ts";
import type { TokenRoutesOptions } from "./tokens/token-routes-options.ts";

/** What the routes work with by which it is managed who may do what. */
export type IdentityRoutesOptions = TokenRoutesOptions & OidcRoutesOptions & PeopleRoutesOptions;

/** Every one of those routes. */
export function identityRoutes(options: IdentityRoutesOptions): Route[] {
  return [
    ...sessionRoutes(options),
    ...ownSessionRoutes(options),
    ...oidcRoutes(options),
    ...memberRoutes(options),
    ...userRoutes(options),
    ...sessionListRoutes(options),
    ...tokenRoutes(options),
  ];
}
