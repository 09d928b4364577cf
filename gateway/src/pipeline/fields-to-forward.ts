import { headerValue, withoutHeaders } from "../core/header-list.ts";
import type { Exchange } from "./exchange.ts";
import { requestFieldsToForward } from "./forward-headers.ts";

/**
 * The client's fields that go on to a provider. Where `authorization` may be the gateway's token (reference §1.8), a text that is one
 * stays here, whatever it looks like: that of `HEADGATE_ADMIN_TOKEN` has no form of its own.
 */
export function fieldsToForward({ request, gateway, isRest }: Exchange): string[] {
  const fields = requestFieldsToForward(request.head.headers);
  const credential = isRest ? headerValue(fields, "authorization") : undefined;
  if (credential === undefined || gateway.settings.tokenOf(credential.replace(/^bearer +/i, "")) === null)
    return fields;
  return withoutHeaders(fields, (name) => name === "authorization");
}
