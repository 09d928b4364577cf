import { invalidTarget } from "./provider.ts";

const NOT_A_PATH_CHARACTER = /[^\x21-\x7e]|[\\#?]/;
const NOT_A_QUERY_CHARACTER = /[^\x21-\x7e]|#/;
const DOT_SEGMENT = /(?:^|\/|%2f|%5c)(?:\.|%2e){1,2}(?:$|[/;]|%2f|%5c|%3b)/i;
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * Refuses paths that could reach another place than they name: dot segments in any spelling (`..`, `%2E.`, `..;`, behind an encoded
 * slash), control characters, spaces, bytes outside ASCII, `\`, `#`, `?`, a leading `//` and absolute URLs.
 * @param path a path without its one leading slash. @param where what to name in the error.
 * @throws GatewayError invalidRequest.
 */
export function checkPath(path: string, where: string): void {
  if (NOT_A_PATH_CHARACTER.test(path)) {
    throw invalidTarget(where, "the path may hold visible ASCII only, without backslash, # and ?");
  }
  if (DOT_SEGMENT.test(path)) throw invalidTarget(where, 'the path may hold no "." or ".." segment, encoded or not');
  if (path.startsWith("/")) throw invalidTarget(where, "the path may not begin with several slashes");
  if (SCHEME.test(path)) throw invalidTarget(where, "the path may not be an absolute URL");
}

/**
 * Refuses queries that would break a request line.
 * @param query `""`, or a query with its question mark. @param where what to name in the error.
 * @throws GatewayError invalidRequest.
 */
export function checkQuery(query: string, where: string): void {
  if (query === "") return;
  if (!query.startsWith("?") || NOT_A_QUERY_CHARACTER.test(query)) {
    throw invalidTarget(where, "the query must begin with ? and hold visible ASCII only, without #");
  }
}
