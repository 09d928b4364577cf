import type { ReplayComparison, ReplayOptions } from "./compare-replay.ts";
import { compareReplay } from "./compare-replay.ts";
import { keepClient } from "./kept-client.ts";
import type { RawRequest } from "./raw-client.ts";
import { recordedRoute, replayProviders } from "./recorded-route.ts";
import { bodyBytes, findRecordings, recordedProviders } from "./recordings.ts";
import type { RecordedExchange } from "./recordings.ts";
import { startReplayUpstream } from "./replay-upstream.ts";
import type { ReplayUpstream } from "./replay-upstream.ts";
import { sampleExchanges } from "./samples.ts";
import { startGateway } from "./start-gateway.ts";
import type { StartedGateway } from "./start-gateway.ts";

/** A replay upstream with a gateway in front of it that sends every recorded provider there. */
export interface ReplayPair {
  readonly upstream: ReplayUpstream;
  readonly gateway: StartedGateway;
  /** Folder of the recordings; null when they are absent. */
  readonly recordings: string | null;
  /** `compareReplay` over one kept connection each way. */
  compare(exchange: RecordedExchange, options?: ReplayOptions): Promise<ReplayComparison>;
  /** The request for an exchange as a client sends it to the gateway, with `lines` added. The exchange stays answerable. */
  prepare(exchange: RecordedExchange, ...lines: readonly string[]): RawRequest;
  stop(): Promise<void>;
}

/** Starts both on free ports. */
export async function startReplayPair(): Promise<ReplayPair> {
  const upstream = startReplayUpstream();
  const recordings = findRecordings();
  const recorded = recordings === null ? [] : recordedProviders(recordings);
  const names = [
    ...recorded,
    ...sampleExchanges.map((exchange) => exchange.provider),
    "azure",
    "bedrock",
    "huggingface",
  ];
  const gateway = await startGateway({ providers: replayProviders(upstream.url, names) });
  const direct = keepClient(upstream.port);
  const through = keepClient(gateway.port);
  return {
    upstream,
    gateway,
    recordings,
    compare: (exchange, options) =>
      compareReplay(exchange, { upstream, direct, through, recordOf: gateway.recordOf }, options),
    prepare(exchange, ...lines) {
      upstream.add(exchange);
      const route = recordedRoute(exchange);
      return {
        method: exchange.request.method,
        target: `/v1/default/default/${route.slug}/${route.rest}`,
        headerLines: ["host: gateway.test", "content-type: application/json", `x-replay-id: ${exchange.id}`, ...lines],
        body: bodyBytes(exchange.request),
      };
    },
    async stop() {
      direct.close();
      through.close();
      await gateway.stop();
      upstream.stop();
    },
  };
}
