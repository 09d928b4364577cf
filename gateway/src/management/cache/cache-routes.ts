import { defineRoute } from "../define-route.ts";
import { noParams } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";
import { purgeBody, purgeCache, purgedSchema } from "./purge-cache.ts";

/** Every route of the cache. */
export function cacheRoutes(options: SettingsRoutesOptions): Route[] {
  return [
    defineRoute({
      method: "POST",
      path: "/api/cache/purge",
      permission: "cache.purge",
      summary: "Drop cached answers",
      description:
        "Of an account, or of one gateway, model, key or tag of it; or everything. In force in every worker when the answer comes. What a provider is being asked for meanwhile is not kept.",
      tag: "Cache",
      params: noParams,
      body: purgeBody,
      answer: { kind: "result", schema: purgedSchema },
      handle: (asked) => purgeCache(asked, options),
    }),
  ];
}
