import { join } from "node:path";
import type { GatewayConfig } from "../core/gateway-settings.ts";

/** Where the journal lies in a data directory. */
export function journalDirectory(config: Pick<GatewayConfig, "dataDirectory">): string {
  return join(config.dataDirectory, "journal");
}

/** Where workers tell what their journals could not take. */
export function dropBoardDirectory(config: Pick<GatewayConfig, "dataDirectory">): string {
  return join(config.dataDirectory, "drops");
}
