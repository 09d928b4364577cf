import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { Failure } from "../components/ui/failure.tsx";
import { readLogsSearch } from "../features/logs/logs-search.ts";
import { readOverviewSearch } from "../features/overview/overview-search.ts";
import { pageIn, type RawSearch, textIn, wordIn } from "../lib/search.ts";
import { readSignInError } from "../lib/sign-in-error.ts";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Outlet, errorComponent: ({ error }) => <Failure error={error} /> });

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: readSignInError,
  beforeLoad: ({ search }) => {
    // Sign-ins at an identity provider that went wrong end here.
    if (search.sign_in_error !== undefined) throw redirect({ to: "/ui/sign-in", search });
    throw redirect({ to: "/ui/overview" });
  },
});

const uiStart = createRoute({
  getParentRoute: () => root,
  path: "/ui",
  beforeLoad: () => {
    throw redirect({ to: "/ui/overview" });
  },
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/ui/sign-in",
  validateSearch: readSignInError,
  component: lazyRouteComponent(() => import("../features/session/sign-in-page.tsx"), "SignInPage"),
});

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

const overview = createRoute({
  getParentRoute: () => shell,
  path: "/ui/overview",
  validateSearch: readOverviewSearch,
  component: lazyRouteComponent(() => import("../features/overview/overview-page.tsx"), "OverviewPage"),
});

const logs = createRoute({
  getParentRoute: () => shell,
  path: "/ui/logs",
  validateSearch: readLogsSearch,
  component: lazyRouteComponent(() => import("../features/logs/logs-page.tsx"), "LogsPage"),
});

const firstSteps = createRoute({
  getParentRoute: () => shell,
  path: "/ui/start",
  validateSearch: (search: RawSearch) => textIn(search, "gateway", 64),
  component: lazyRouteComponent(() => import("../features/start/start-page.tsx"), "StartPage"),
});

const playground = createRoute({
  getParentRoute: () => shell,
  path: "/ui/playground",
  validateSearch: (search: RawSearch) => ({ ...textIn(search, "gateway", 64), ...textIn(search, "log", 100) }),
  component: lazyRouteComponent(() => import("../features/playground/playground-page.tsx"), "PlaygroundPage"),
});

const gateways = createRoute({
  getParentRoute: () => shell,
  path: "/ui/gateways",
  validateSearch: (search: RawSearch) => ({ ...pageIn(search), ...textIn(search, "q", 64) }),
  component: lazyRouteComponent(() => import("../features/gateways/gateways-page.tsx"), "GatewaysPage"),
});

const gateway = createRoute({
  getParentRoute: () => shell,
  path: "/ui/gateways/$gatewayId",
  component: lazyRouteComponent(() => import("../features/gateway-settings/gateway-frame.tsx"), "GatewayFrame"),
});

const gatewayStart = createRoute({
  getParentRoute: () => gateway,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/ui/gateways/$gatewayId/settings", params });
  },
});

const gatewaySettings = createRoute({
  getParentRoute: () => gateway,
  path: "/settings",
  component: lazyRouteComponent(() => import("../features/gateway-settings/settings-page.tsx"), "SettingsPage"),
});

const gatewayKeys = createRoute({
  getParentRoute: () => gateway,
  path: "/keys",
  component: lazyRouteComponent(() => import("../features/provider-keys/keys-page.tsx"), "KeysPage"),
});

const gatewayDomains = createRoute({
  getParentRoute: () => gateway,
  path: "/domains",
  component: lazyRouteComponent(() => import("../features/gateway-settings/domains-page.tsx"), "DomainsPage"),
});

const gatewayHistory = createRoute({
  getParentRoute: () => gateway,
  path: "/history",
  component: lazyRouteComponent(
    () => import("../features/gateway-settings/gateway-history-page.tsx"),
    "GatewayHistoryPage",
  ),
});

const history = createRoute({
  getParentRoute: () => shell,
  path: "/ui/history",
  component: lazyRouteComponent(() => import("../features/history/history-page.tsx"), "HistoryPage"),
});

const tokens = createRoute({
  getParentRoute: () => shell,
  path: "/ui/tokens",
  validateSearch: (search: RawSearch) => ({ ...pageIn(search), ...wordIn(search, "scope", ["account", "all"]) }),
  component: lazyRouteComponent(() => import("../features/access/tokens-page.tsx"), "TokensPage"),
});

const members = createRoute({
  getParentRoute: () => shell,
  path: "/ui/members",
  component: lazyRouteComponent(() => import("../features/access/members-page.tsx"), "MembersPage"),
});

const audit = createRoute({
  getParentRoute: () => shell,
  path: "/ui/audit",
  validateSearch: (search: RawSearch): { since?: string | undefined; before?: string | undefined } => ({
    ...textIn(search, "since", 40),
    ...textIn(search, "before", 40),
  }),
  component: lazyRouteComponent(() => import("../features/access/audit-page.tsx"), "AuditPage"),
});

const you = createRoute({
  getParentRoute: () => shell,
  path: "/ui/you",
  component: lazyRouteComponent(() => import("../features/access/you-page.tsx"), "YouPage"),
});

const providers = createRoute({
  getParentRoute: () => shell,
  path: "/ui/providers",
  validateSearch: (search: RawSearch) => pageIn(search),
  component: lazyRouteComponent(() => import("../features/providers/providers-page.tsx"), "ProvidersPage"),
});

const secrets = createRoute({
  getParentRoute: () => shell,
  path: "/ui/secrets",
  component: lazyRouteComponent(() => import("../features/secrets/secrets-page.tsx"), "SecretsPage"),
});

const prices = createRoute({
  getParentRoute: () => shell,
  path: "/ui/prices",
  validateSearch: (search: RawSearch) => pageIn(search),
  component: lazyRouteComponent(() => import("../features/prices/prices-page.tsx"), "PricesPage"),
});

const accounts = createRoute({
  getParentRoute: () => shell,
  path: "/ui/accounts",
  component: lazyRouteComponent(() => import("../features/accounts/accounts-page.tsx"), "AccountsPage"),
});

const system = createRoute({
  getParentRoute: () => shell,
  path: "/ui/system",
  component: lazyRouteComponent(() => import("../features/system/system-page.tsx"), "SystemPage"),
});

const limits = createRoute({
  getParentRoute: () => shell,
  path: "/ui/limits",
  component: lazyRouteComponent(() => import("../features/limits/limits-page.tsx"), "LimitsPage"),
});

/** Every page. Filters and ranges live in the URL. */
export const router = createRouter({
  routeTree: root.addChildren([
    start,
    uiStart,
    signIn,
    shell.addChildren([
      overview,
      logs,
      firstSteps,
      playground,
      gateways,
      gateway.addChildren([gatewayStart, gatewaySettings, gatewayKeys, gatewayDomains, gatewayHistory]),
      history,
      tokens,
      members,
      audit,
      you,
      limits,
      providers,
      secrets,
      prices,
      accounts,
      system,
    ]),
  ]),
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
