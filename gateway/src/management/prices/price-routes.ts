import type { ManagementRequest, Route } from "../route.ts";
import { addOverride } from "./add-override.ts";
import { getPrice } from "./get-price.ts";
import { listOverrides } from "./list-overrides.ts";
import { listUnpriced } from "./list-unpriced.ts";
import type { PriceRoutesOptions } from "./price-routes-options.ts";

const overridesPath = "/api/prices/overrides";

/** Every route of prices. They hold for all accounts and gateways. */
export function priceRoutes(options: PriceRoutesOptions): Route[] {
  const ask =
    (verb: (request: ManagementRequest, options: PriceRoutesOptions) => Promise<Response>) =>
    (request: ManagementRequest): Promise<Response> =>
      verb(request, options);
  return [
    { method: "GET", path: "/api/prices", permission: "prices.read", handle: ask(getPrice) },
    { method: "GET", path: "/api/prices/unpriced", permission: "prices.read", handle: ask(listUnpriced) },
    { method: "GET", path: overridesPath, permission: "prices.read", handle: ask(listOverrides) },
    { method: "POST", path: overridesPath, permission: "prices.edit", handle: ask(addOverride) },
  ];
}
