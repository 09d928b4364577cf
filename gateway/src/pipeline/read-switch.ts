import { GatewayError } from "../core/errors.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";

/**
 * A header that is `true` or `false`; null when it is absent.
 * @param place prefix of the fault's path, e.g. `[0].headers.`; empty for request headers.
 * @throws GatewayError invalidRequest (7001) for any other value.
 */
export function readSwitch(headers: HeaderList, name: string, place: string): boolean | null {
  const value = headerValue(headers, name);
  if (value === undefined) return null;
  if (value === "true") return true;
  if (value === "false") return false;
  const path = `${place}${name}`;
  throw new GatewayError("invalidRequest", {
    path,
    message: `${path} must be true or false, got "${value.slice(0, 64)}"`,
  });
}
