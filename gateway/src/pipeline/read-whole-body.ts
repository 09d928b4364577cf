import { GatewayError } from "../core/errors.ts";
import { collectBody } from "../http1/collect-body.ts";
import type { Exchange } from "./exchange.ts";

/** Largest body: it is parsed as a whole, and everybody else waits meanwhile. */
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * The body of a request that the gateway has to read itself; empty when there is none. The time its client takes is kept account of.
 * @throws GatewayError bodyTooLarge (3006) above 32 MiB, RequestBodyFailure when the body breaks off.
 */
export async function readWholeBody(exchange: Exchange): Promise<Buffer> {
  const { body } = exchange.request;
  if (body.framing.kind === "none") return Buffer.alloc(0);
  const isTooLarge = body.framing.kind === "length" && body.framing.sizeBytes > MAX_BYTES;
  const whole = isTooLarge ? null : (body.takeWhole() ?? (await waitForBody(exchange)));
  if (whole !== null && whole.length <= MAX_BYTES) return whole;
  throw new GatewayError("bodyTooLarge", {
    explanation: `a body that the gateway has to read may have ${MAX_BYTES} bytes; on a provider's own address it streams through`,
  });
}

async function waitForBody(exchange: Exchange): Promise<Buffer | null> {
  const { clock } = exchange.gateway;
  const startedAtMs = clock.monotonicMs();
  const body = await collectBody(exchange.request.body, MAX_BYTES);
  exchange.clientWaitMs += clock.monotonicMs() - startedAtMs;
  return body;
}
