import { headerValue, type HeaderList, withHeader, withoutHeaders } from "../core/header-list.ts";

/** Field in which Miniflare's client of remote bindings names the URL that the Worker asked for. */
const URL_FIELD = "mf-url";
/** Prefix under which it sends the Worker's own fields. */
const FIELD_PREFIX = "mf-header-";

/**
 * The fields of a call as `X-Forwarded` would have carried it, where Miniflare's client of remote bindings sent it: the Worker's
 * fields without their prefix, `x-forwarded` with the URL. A credential beside the Worker's fields goes before theirs. Null where
 * another client sent it.
 * Source: miniflare 4, `src/workers/shared/remote-proxy-client.worker.ts`.
 */
export function remoteBindingFields(headers: HeaderList): string[] | null {
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
  return fields;
}
