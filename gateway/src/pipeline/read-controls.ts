import type { CacheControls } from "../cache/cache-controls.ts";
import type { GatewaySettings } from "../core/gateway-settings.ts";
import type { HeaderList } from "../core/header-list.ts";
import { readCacheControls } from "./read-cache-controls.ts";
import { type CredentialControls, readCredentialControls } from "./read-credential-controls.ts";
import { type LogControls, readLogControls } from "./read-log-controls.ts";
import { readTryControls, type TryControls } from "./read-try-controls.ts";

/** What a request asks of the gateway in its `cf-aig-*` headers. */
export interface Controls {
  readonly tries: TryControls;
  readonly log: LogControls;
  readonly credential: CredentialControls;
  readonly cache: CacheControls;
}

/**
 * Reads the request's `cf-aig-*` headers (reference §2.1).
 * @throws GatewayError invalidRequest (7001) naming the header and what it takes.
 */
export function readControls(given: HeaderList, settings: GatewaySettings): Controls {
  const headers = steersGateway(given) ? given : NONE;
  return {
    tries: readTryControls(headers),
    log: readLogControls(headers, { outer: null, settings, place: "" }),
    cache: readCacheControls(headers),
    credential: readCredentialControls(headers, { outer: null, settings, place: "" }),
  };
}

const NONE: HeaderList = [];

/** Whether any field is one that steers the gateway: most requests have none, and some thirty names need not be looked for. */
function steersGateway(headers: HeaderList): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    if ((headers[index] as string).startsWith("cf-")) return true;
  }
  return false;
}
