import { httpRequest } from "./target.ts";
import type { Target } from "./target.ts";

/** The upstream without a proxy: what the benchmark itself costs and how fast it answers. */
export const directTarget: Target = {
  name: "direct",
  prepare: async () => null,
  start: async (context) => ({
    name: "direct",
    port: context.upstreamPort,
    request: (body, path = "/v1/chat/completions") =>
      httpRequest({ port: context.upstreamPort, path, headers: {} }, body),
    workerIds: [context.upstream.processId],
    restIds: [],
    dataDirectory: null,
    startMs: Number.NaN,
    stop: async () => {},
  }),
};
