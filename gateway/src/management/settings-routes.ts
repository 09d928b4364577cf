import { gatewayRoutes } from "./gateways/gateway-routes.ts";
import type { Route } from "./route.ts";
import type { SettingsRoutesOptions } from "./settings-routes-options.ts";

/** Every route that reads or changes settings. */
export function settingsRoutes(options: SettingsRoutesOptions): Route[] {
  return [...gatewayRoutes(options)];
}
