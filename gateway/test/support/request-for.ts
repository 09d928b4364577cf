import type { RawRequest } from "./raw-client.ts";
import type { RecordedExchange } from "./recordings.ts";

/** A request that a replay upstream answers with an exchange, under `controls`. */
export function requestFor(exchange: RecordedExchange, ...controls: readonly string[]): RawRequest {
  const headerLines = ["host: upstream", `x-replay-id: ${exchange.id}`, ...controls];
  return { method: "POST", target: "/any?q=1", headerLines, body: Buffer.from("{}") };
}
