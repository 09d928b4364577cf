import type { GatewayConfig } from "../core/gateway-settings.ts";

/**
 * Size of a segment in bytes: the configured one, or less where each worker could not have two of them within the bound on
 * the whole journal. Without room for a closed segment beside the growing one the bound could not hold.
 */
export function segmentBytesFor(config: Pick<GatewayConfig, "journal" | "workers">): number {
  const { segment_bytes: segmentBytes, max_bytes: maxBytes } = config.journal;
  return Math.min(segmentBytes, Math.floor(maxBytes / (2 * Math.max(1, config.workers))));
}
