import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { Failure } from "../components/ui/failure.tsx";
import { pageIn, type RawSearch, textIn } from "../lib/search.ts";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Outlet, errorComponent: ({ error }) => <Failure error={error} /> });

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/ui/gateways" });
  },
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/ui/sign-in",
  component: lazyRouteComponent(() => import("../features/session/sign-in-page.tsx"), "SignInPage"),
});

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

const gateways = createRoute({
  getParentRoute: () => shell,
  path: "/ui/gateways",
  validateSearch: (search: RawSearch) => ({ ...pageIn(search), ...textIn(search, "q", 64) }),
  component: lazyRouteComponent(() => import("../features/gateways/gateways-page.tsx"), "GatewaysPage"),
});

/** Every page. Filters and ranges live in the URL. */
export const router = createRouter({
  routeTree: root.addChildren([start, signIn, shell.addChildren([gateways])]),
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
