import type { Exchange } from "./exchange.ts";
import { requestFieldsToForward } from "./forward-headers.ts";
import { ownTokens } from "./own-tokens.ts";

/** The client's fields that go on to a provider (`requestFieldsToForward`), without any token that the gateway knows. */
export function fieldsToForward({ request, gateway }: Pick<Exchange, "request" | "gateway">): string[] {
  return requestFieldsToForward(request.head.headers, ownTokens(gateway));
}
