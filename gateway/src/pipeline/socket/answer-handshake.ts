import { headerValue, type HeaderList } from "../../core/header-list.ts";
import { acceptKey, type Handshake } from "../../websocket/handshake.ts";
import { responseFieldsToForward } from "../forward-headers.ts";

/** What begins the subprotocols that are addressed to the gateway (reference §1.9). */
const GATEWAY_PROTOCOL = "cf-aig-";

/**
 * The fields of the 101 that opens a client's socket, the gateway's own not yet among them.
 * @param answered fields of the provider's 101; empty where the gateway itself is the other end.
 */
export function switchFields(
  handshake: Handshake,
  answered: HeaderList,
  isCredential: (protocol: string) => boolean,
): string[] {
  const chosen = headerValue(answered, "sec-websocket-protocol") ?? ownChoice(handshake, isCredential);
  const fields = ["upgrade", "websocket", "connection", "Upgrade", "sec-websocket-accept", acceptKey(handshake.key)];
  if (chosen !== null) fields.push("sec-websocket-protocol", chosen);
  const passed = responseFieldsToForward(answered);
  for (let index = 0; index < passed.length; index += 2) {
    const name = passed[index] as string;
    if (!name.startsWith("sec-websocket-") && name !== "content-length") fields.push(name, passed[index + 1] as string);
  }
  return fields;
}

/**
 * The subprotocol to answer where the provider chose none: browsers that offered some give up when none is chosen. One that only the
 * gateway reads promises nothing about the conversation, so one of those is chosen, its own first.
 */
function ownChoice({ protocols }: Handshake, isCredential: (protocol: string) => boolean): string | null {
  const own = protocols.find((protocol) => protocol.toLowerCase().startsWith(GATEWAY_PROTOCOL));
  return own ?? protocols.find((protocol) => isCredential(protocol)) ?? null;
}
