import { headerValue, headerValues, type HeaderList } from "../../core/header-list.ts";
import { acceptKey } from "../../websocket/handshake.ts";

/**
 * What is wrong with a provider's 101 (RFC 6455 §4.1): another protocol, a wrong accept key, a subprotocol or an extension that was
 * not offered. Null when it may be believed.
 * @param asked fields of the handshake as sent.
 */
export function switchProblem(asked: HeaderList, answered: HeaderList): string | null {
  if (headerValue(answered, "upgrade")?.toLowerCase() !== "websocket") return "101 without upgrade: websocket";
  const accept = headerValue(answered, "sec-websocket-accept");
  if (accept !== acceptKey(headerValue(asked, "sec-websocket-key") ?? "")) return "a wrong sec-websocket-accept";
  if (headerValue(answered, "sec-websocket-extensions") !== undefined) return "an extension that was not offered";
  const chosen = headerValue(answered, "sec-websocket-protocol");
  const offered = headerValues(asked, "sec-websocket-protocol").flatMap((value) => value.split(","));
  if (chosen !== undefined && !offered.some((name) => name.trim() === chosen))
    return "a subprotocol that was not offered";
  return null;
}
