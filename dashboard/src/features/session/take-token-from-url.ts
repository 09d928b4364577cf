/**
 * The token of the link that the first start prints (`#token=…`), which no server is sent; null when there is none. It is gone from the
 * address bar and the history afterwards.
 */
export function takeTokenFromUrl(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token !== null) history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}
