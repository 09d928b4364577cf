import { addressFault } from "../../core/address-policy.ts";
import { invalid, ManagementError } from "../management-error.ts";
import type { SettingsRoutesOptions } from "../settings-routes-options.ts";

/**
 * Refuses a base URL that has not the form of one, or may not be called.
 * @throws ManagementError 400 with path `["body", "base_url"]`: code 7001 for its form, 1002 for scheme and address (reference §14.0).
 */
export function checkBaseUrl(url: string, { addresses, baseUrlFault }: SettingsRoutesOptions): void {
  const address = addressFault(url, addresses);
  if (address !== null) throw new ManagementError("badBaseUrl", [{ message: address, path: ["body", "base_url"] }]);
  const form = baseUrlFault(url);
  if (form !== null) throw invalid(form, ["body", "base_url"]);
}
