import { holdsTokenText } from "../access/token-text.ts";
import type { OwnTokenTest } from "./forward-headers.ts";
import type { Gateway } from "./gateway.ts";

/** Names of fields and parameters in which a credential may stand. */
const CREDENTIAL_NAME = /auth|key|token|secret|credential|websocket-protocol/i;
const SCHEME = /^([a-z-]+) +/i;

/**
 * What tells tokens of ours, so that none goes to a provider: any text of their form, and where a credential may stand also one that has no
 * form of its own, that of `HEADGATE_ADMIN_TOKEN`; alone, behind a scheme such as `Bearer`, or as a part of `Basic`.
 */
export function ownTokens({ settings }: Pick<Gateway, "settings">): OwnTokenTest {
  return (name, value) => {
    if (holdsTokenText(value)) return true;
    if (!CREDENTIAL_NAME.test(name)) return false;
    const scheme = SCHEME.exec(value);
    const text = scheme === null ? value : value.slice(scheme[0].length);
    if (scheme?.[1]?.toLowerCase() !== "basic") return settings.tokenOf(decoded(text)) !== null;
    const pair = Buffer.from(text, "base64").toString("latin1");
    const parts = [pair.slice(0, pair.indexOf(":")), pair.slice(pair.indexOf(":") + 1)];
    return holdsTokenText(pair) || parts.some((part) => settings.tokenOf(part) !== null);
  };
}

/** As a query has it; a field is written plainly, and a token that has percent signs stays what it is. */
function decoded(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
