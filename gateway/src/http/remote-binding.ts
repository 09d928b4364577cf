import { headerValue, type HeaderList, withHeader, withoutHeaders } from "../core/header-list.ts";
import type { RequestHead } from "../http1/parse-request-head.ts";

/** A call that Miniflare's client of remote bindings sent. */
export interface RemoteBindingCall {
  /** The fields as the older proxy would have carried them: the Worker's own without their prefix, `x-forwarded` with the URL. */
  readonly headers: HeaderList;
  /** The token in the query of the URL that Miniflare was given, which is all it sends of a credential; null for none. */
  readonly token: string | null;
}

/** Field in which it names the URL that the Worker asked for. */
const URL_FIELD = "mf-url";
/** Prefix under which it sends the Worker's own fields. */
const FIELD_PREFIX = "mf-header-";

/**
 * Reads such a call; null where another client sent it. Fields of the request itself go before the Worker's, so that a Worker cannot
 * replace host, framing or a credential.
 * Source: miniflare 4, `src/workers/shared/remote-proxy-client.worker.ts`.
 */
export function readRemoteBinding({ headers, target }: RequestHead): RemoteBindingCall | null {
  const url = headerValue(headers, URL_FIELD);
  if (url === undefined) return null;
  const own = withoutHeaders(headers, (name) => name.startsWith("mf-"));
  const fields = withHeader(own, "x-forwarded", url);
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (!name.startsWith(FIELD_PREFIX)) continue;
    const sentAs = name.slice(FIELD_PREFIX.length);
    if (sentAs !== "" && headerValue(own, sentAs) === undefined) fields.push(sentAs, headers[index + 1] as string);
  }
  const query = target.slice(target.indexOf("?") + 1);
  const token = target.includes("?") ? new URLSearchParams(query).get("token") : null;
  return { headers: fields, token: token === null || /[^\x21-\x7e]/.test(token) ? null : token };
}
