import type { Route } from "./route.ts";
import { tokenRoutes } from "./tokens/token-routes.ts";
import type { TokenRoutesOptions } from "./tokens/token-routes-options.ts";

/** Every route by which it is managed who may do what. */
export function identityRoutes(options: TokenRoutesOptions): Route[] {
  return tokenRoutes(options);
}
