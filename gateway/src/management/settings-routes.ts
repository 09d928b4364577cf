import { accountRoutes } from "./accounts/account-routes.ts";
import { auditRoutes } from "./audit-log/audit-routes.ts";
import { billingRoutes } from "./billing/billing-routes.ts";
import { cacheRoutes } from "./cache/cache-routes.ts";
import { configRoutes } from "./config/config-routes.ts";
import { domainRoutes } from "./custom-domains/domain-routes.ts";
import { customProviderRoutes } from "./custom-providers/custom-provider-routes.ts";
import { datasetRoutes } from "./datasets/dataset-routes.ts";
import { evaluationRoutes } from "./evaluations/evaluation-routes.ts";
import { gatewayRoutes } from "./gateways/gateway-routes.ts";
import { dryRunRoute } from "./limits/dry-run-route.ts";
import { budgetKind, limitKind } from "./limits/rule-kinds.ts";
import { ruleRoutes } from "./limits/rule-routes.ts";
import { keyRoutes } from "./provider-configs/key-routes.ts";
import { restingKeysRoute } from "./provider-configs/resting-keys-route.ts";
import type { Route } from "./route.ts";
import { secretRoutes } from "./secrets-store/secret-routes.ts";
import { storeRoutes } from "./secrets-store/store-routes.ts";
import type { SettingsRoutesOptions } from "./settings-routes-options.ts";

/** Every route that reads or changes settings. */
export function settingsRoutes(options: SettingsRoutesOptions): Route[] {
  return [
    ...gatewayRoutes(options),
    ...keyRoutes(options),
    restingKeysRoute(options),
    ...customProviderRoutes(options),
    ...cacheRoutes(options),
    ...domainRoutes(options),
    ...storeRoutes(options),
    ...secretRoutes(options),
    ...datasetRoutes(options),
    ...ruleRoutes(limitKind, options),
    ...ruleRoutes(budgetKind, options),
    dryRunRoute(options),
    ...evaluationRoutes(options),
    ...billingRoutes(options),
    ...accountRoutes(options),
    ...auditRoutes(options),
    ...configRoutes(options),
  ];
}
