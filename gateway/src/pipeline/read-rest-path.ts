import { headerValue } from "../core/header-list.ts";
import type { RequestHead } from "../http1/parse-request-head.ts";
import { decodeSegment } from "../providers/decode-segment.ts";
import type { RequestPath, RunAsked } from "./read-path.ts";

const REST_PATH = /^\/client\/v4\/accounts\/([^/?]+)\/ai\/(v1|run)(?:\/([^?]*))?(?:\?|$)/;
const DEFAULT_GATEWAY = "default";

/** Whether a target is the REST address's (reference §1.8): inference below the management API's prefix. */
export function isRestTarget(target: string): boolean {
  return REST_PATH.test(target);
}

/** What a request to the REST address asks for; null for other targets. A `cf-aig-gateway-id` field names the gateway. */
export function readRestPath(head: RequestHead): RequestPath | null {
  const found = REST_PATH.exec(head.target);
  if (found === null) return null;
  const [, account, kind, rest = ""] = found;
  const queryStart = head.target.indexOf("?");
  const query = queryStart < 0 ? "" : head.target.slice(queryStart);
  const accountId = decodeSegment(account as string);
  const place = { form: "rest", accountId, gatewayId: gatewayInField(head), query } as const;
  if (kind === "v1") return { ...place, asked: { kind: "compat", rest } };
  const run: RunAsked =
    rest === ""
      ? { model: null, inputMember: "input", isBinding: false }
      : { model: decodeSegment(rest), inputMember: null, isBinding: false };
  return { ...place, asked: { kind: "run", run } };
}

/** The gateway that a field names, else the default one. */
export function gatewayInField(head: RequestHead): string {
  return headerValue(head.headers, "cf-aig-gateway-id") || DEFAULT_GATEWAY;
}
