import { type HeaderList, headerValue, withHeader, withoutHeaders } from "../core/header-list.ts";

/** The list with `authorization: Bearer KEY` sent as `x-api-key: KEY` instead; unchanged for other schemes and where the key field is there already. */
export function bearerToApiKey(headers: HeaderList): HeaderList {
  const key = /^bearer +(\S+)$/i.exec(headerValue(headers, "authorization") ?? "")?.[1];
  if (key === undefined || headerValue(headers, "x-api-key") !== undefined) return headers;
  return withHeader(
    withoutHeaders(headers, (name) => name === "authorization"),
    "x-api-key",
    key,
  );
}
