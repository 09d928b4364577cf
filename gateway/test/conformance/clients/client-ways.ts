import type { ExchangeRecord } from "../../../src/core/exchange.ts";
import { startGateway } from "../../support/start-gateway.ts";
import type { StartedGateway } from "../../support/start-gateway.ts";
import { startVendorUpstream } from "./vendor-upstream.ts";
import type { VendorUpstream } from "./vendor-upstream.ts";

/** Where a vendor's client finds its paths: all begin with a slash or are empty. */
export interface ClientPaths {
  /** Below the host, in the provider's configured `base_url`. */
  readonly configured: string;
  /** Below the host, in the base URL a client is given to reach the vendor directly. */
  readonly direct: string;
  /** Behind the provider's slug, in the base URL a client is given to reach the gateway. */
  readonly through: string;
  /** Stands in the place of the provider's slug in that base URL. */
  readonly address?: string;
}

/** One upstream and the base URLs by which a client reaches it, or fails to. */
export interface ClientWays {
  readonly upstream: VendorUpstream;
  readonly gateway: StartedGateway;
  /** Straight to the upstream. */
  readonly direct: string;
  /** Through the gateway. */
  readonly through: string;
  /** Names a gateway that does not exist. */
  readonly unknownGateway: string;
  /** Through a gateway whose provider refuses connections. */
  readonly refused: string;
  /** The newest record, once there are more than `after` of them; rejects after two seconds. */
  recordAfter(after: number): Promise<ExchangeRecord>;
  stop(): Promise<void>;
}

/** Starts an upstream, a gateway in front of it, and a gateway in front of nothing. */
export async function startClientWays(slug: string, paths: ClientPaths): Promise<ClientWays> {
  const upstream = startVendorUpstream();
  const gateway = await startGateway({ providers: providerAt(slug, upstream.url + paths.configured) });
  const lonely = await startGateway({ providers: providerAt(slug, `http://127.0.0.1:${closedPort()}`) });
  const behind = (url: string, id: string): string =>
    `${url}/v1/default/${id}/${paths.address ?? slug}${paths.through}`;
  return {
    upstream,
    gateway,
    direct: upstream.url + paths.direct,
    through: behind(gateway.url, "default"),
    unknownGateway: behind(gateway.url, "nowhere"),
    refused: behind(lonely.url, "default"),
    recordAfter: (after) => recordAfter(gateway, after),
    async stop() {
      await Promise.all([gateway.stop(), lonely.stop()]);
      upstream.stop();
    },
  };
}

function providerAt(slug: string, baseUrl: string): NonNullable<Parameters<typeof startGateway>[0]>["providers"] & {} {
  return { [slug]: { base_url: baseUrl, dialect: null } };
}

/** A port on which nobody listens: one that was free a moment ago. */
function closedPort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop(true);
  return listener.port;
}

async function recordAfter(gateway: StartedGateway, after: number): Promise<ExchangeRecord> {
  for (const endsAtMs = performance.now() + 2000; gateway.recordCount() <= after; await Bun.sleep(2)) {
    if (performance.now() > endsAtMs) throw new Error(`no record after the first ${after}`);
  }
  return gateway.records().at(-1) as ExchangeRecord;
}
