import { uncached } from "../../management/envelope.ts";
import { noParams } from "../../management/path-parameters.ts";
import type { Route } from "../../management/route.ts";
import type { Metrics } from "./create-metrics.ts";

/** `GET /metrics`, as text for Prometheus. Permission `metrics.read`. */
export function metricsRoutes(metrics: Pick<Metrics, "render" | "contentType">): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/metrics",
      permission: "metrics.read",
      summary: "Scrape metrics",
      description: "In Prometheus' text format.",
      tag: "System",
      params: noParams,
      answer: { kind: "bytes", contentTypes: ["text/plain"] },
      handle: async () =>
        new Response(await metrics.render(), { headers: { ...uncached, "content-type": metrics.contentType } }),
    },
  ];
}
