import { z } from "zod";
import { noParams } from "../path-parameters.ts";
import type { ManagementRequest, Route } from "../route.ts";
import { addOverride } from "./add-override.ts";
import { getPrice } from "./get-price.ts";
import { listOverrides } from "./list-overrides.ts";
import { listUnpriced } from "./list-unpriced.ts";
import { overrideSchema, priceInForceSchema, unpricedSchema } from "./price-schemas.ts";
import type { PriceRoutesOptions } from "./price-routes-options.ts";
import { overrideBody, overrideParameters, priceParameters, unpricedParameters } from "./schemas.ts";

const overridesPath = "/api/prices/overrides";

/** Every route of prices. They hold for all accounts and gateways. */
export function priceRoutes(options: PriceRoutesOptions): Route[] {
  const ask =
    (verb: (request: ManagementRequest, options: PriceRoutesOptions) => Promise<Response>) =>
    (request: ManagementRequest): Promise<Response> =>
      verb(request, options);
  return [
    {
      method: "GET",
      path: "/api/prices",
      permission: "prices.read",
      summary: "Get the price of a model",
      tag: "Prices",
      params: noParams,
      query: priceParameters,
      answer: { kind: "result", schema: priceInForceSchema },
      handle: ask(getPrice),
    },
    {
      method: "GET",
      path: "/api/prices/unpriced",
      permission: "system.read",
      summary: "List models without a price",
      description: "Models of which answers have no known cost, those with the most first.",
      tag: "Prices",
      params: noParams,
      query: unpricedParameters,
      answer: { kind: "result", schema: z.array(unpricedSchema) },
      handle: ask(listUnpriced),
    },
    {
      method: "GET",
      path: overridesPath,
      permission: "prices.read",
      summary: "List prices set here",
      description: "Every price ever set, the newest first, then those of the configuration file.",
      tag: "Prices",
      params: noParams,
      query: overrideParameters,
      answer: { kind: "page", item: overrideSchema },
      handle: ask(listOverrides),
    },
    {
      method: "POST",
      path: overridesPath,
      permission: "prices.edit",
      summary: "Set a price",
      description:
        "From a moment on, by default now. prices: null withdraws what was set before. Costs of past requests stay.",
      tag: "Prices",
      params: noParams,
      body: overrideBody,
      answer: { kind: "result", schema: overrideSchema },
      handle: ask(addOverride),
    },
  ];
}
