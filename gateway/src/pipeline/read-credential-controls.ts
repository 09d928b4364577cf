import type { GatewaySettings } from "../core/gateway-settings.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";
import { readSwitch } from "./read-switch.ts";

/** Which credential a request is to be sent with when it has none of its own (reference §9.3). */
export interface CredentialControls {
  /** Alias of the stored key; null for the default one. */
  readonly alias: string | null;
  /** Whether the request is refused when there is no credential at all. */
  readonly isRequired: boolean;
}

/**
 * Reads `cf-aig-byok-alias` and `cf-aig-no-wholesale` from a request, or from a universal step, whose headers win over the request's.
 * The latter can demand what the gateway's `byok_only` does not, and never waive what it does.
 * @param outer what the request said, for a step; null for the request itself.
 * @param place prefix of the fault's path, e.g. `[0].headers.`; empty for request headers.
 * @throws GatewayError invalidRequest (7001) when the switch is neither `true` nor `false`.
 */
export function readCredentialControls(
  headers: HeaderList,
  { outer, settings, place }: { outer: CredentialControls | null; settings: GatewaySettings; place: string },
): CredentialControls {
  const alias = headerValue(headers, "cf-aig-byok-alias");
  const isForbidden = readSwitch(headers, "cf-aig-no-wholesale", place) ?? outer?.isRequired ?? false;
  return {
    alias: alias === undefined || alias === "" ? (outer?.alias ?? null) : alias,
    isRequired: settings.byok_only || isForbidden,
  };
}
