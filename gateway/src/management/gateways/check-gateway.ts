import { addressFault } from "../../core/address-policy.ts";
import type { GatewaySettings } from "../../core/gateway-settings.ts";
import { invalid } from "../management-error.ts";
import type { ManagementRequest } from "../route.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";

/** What a caller sent of the fields that need more than a look at their form. */
type GivenFields = Partial<Pick<GatewaySettings, "otel" | "stripe" | "logpush_public_key">>;

/**
 * Refuses what has the right form and may not be: collectors at addresses that are not allowed, references to secrets by callers who may
 * not use them, keys that are none. What a gateway has already may be written back by anybody.
 * @throws ManagementError 400 code 7001 with path `["body", …]`; 403 code 10000.
 */
export function checkGateway(
  request: ManagementRequest,
  { given, current }: { readonly given: GivenFields; readonly current: GatewaySettings | null },
  { addresses, logpushKeyFault }: SettingsRoutesOptions,
): void {
  for (const [index, { url, authorization }] of (given.otel ?? []).entries()) {
    const fault = addressFault(url, addresses);
    if (fault !== null) throw invalid(fault, ["body", "otel", index, "url"]);
    const isKnown = current?.otel?.some((known) => known.url === url && known.authorization === authorization);
    if (authorization === undefined || isKnown === true) continue;
    if (!/^(?:env|file):./.test(authorization)) {
      throw invalid("Expected env:NAME or file:PATH", ["body", "otel", index, "authorization"]);
    }
    request.require("secrets.reference");
  }
  // A secret of the account may be named by whoever may change its gateways: it goes to the billing service and nowhere else.
  const { authorization: billing = null } = given.stripe ?? {};
  if (billing !== null && /^(?:env|file):/.test(billing) && billing !== current?.stripe?.authorization) {
    request.require("secrets.reference");
  }
  const { logpush_public_key: key } = given;
  const keyFault = key === undefined || key === null ? null : logpushKeyFault(key);
  if (keyFault !== null) throw invalid(keyFault, ["body", "logpush_public_key"]);
}
