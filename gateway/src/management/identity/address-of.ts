import { clientAddressField } from "../../core/client-address-field.ts";

/** Address a request came from, as the worker that took it says; null when none says so. */
export function addressOf(headers: Headers): string | null {
  return headers.get(clientAddressField);
}
