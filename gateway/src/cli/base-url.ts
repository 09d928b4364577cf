import type { GatewayConfig } from "../core/gateway-settings.ts";

/** Where a client on this machine finds the gateway; without a slash at the end. */
export function baseUrl(config: Pick<GatewayConfig, "host" | "port">): string {
  return `http://${hostForUrl(config.host)}:${config.port}`;
}

function hostForUrl(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
