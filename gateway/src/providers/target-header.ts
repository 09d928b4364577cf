import { headerValues, withoutHeaders } from "../core/header-list.ts";
import { checkPath, checkQuery } from "./check-path.ts";
import { invalidTarget, type ProviderRequest, type RoutedPath } from "./provider.ts";

const HTTPS_URL = /^https:\/\/([a-z0-9.-]+)(?::443)?(?:\/([^?]*))?(\?.*)?$/i;

/**
 * Path rule of vendors whose clients name the whole target in a request field. The field is consumed, its path and query replace the
 * request's. Without the field the request goes to the base URL.
 *
 * The base chosen is the default one for `domains[0]` itself, the key `{domain}` for the other domains, and `*.{domain}` with the value
 * `{subdomain}` for hosts below a domain.
 * @param domains the vendor's domains; no other host is ever reached.
 * @throws GatewayError invalidRequest naming the field when it is not one https URL of these domains without credentials and foreign port.
 */
export function routeByTargetHeader(request: ProviderRequest, field: string, domains: readonly string[]): RoutedPath {
  const [url, second] = headerValues(request.headers, field);
  if (url === undefined) return { path: request.rest };
  const [, host, path = "", query = ""] = second === undefined ? (HTTPS_URL.exec(url) ?? []) : [];
  const base = host === undefined ? undefined : baseFor(host.toLowerCase(), domains);
  if (base === undefined) throw invalidTarget(field, `one https URL of ${domains.join(" or ")} is expected`);
  checkPath(path, field);
  checkQuery(query, field);
  return { ...base, path, query, headers: withoutHeaders(request.headers, (name) => name === field) };
}

function baseFor(host: string, domains: readonly string[]): Pick<RoutedPath, "base" | "values"> | undefined {
  if (host === domains[0]) return {};
  const domain = domains.find((candidate) => host === candidate || host.endsWith(`.${candidate}`));
  if (domain === undefined) return undefined;
  if (host === domain) return { base: domain };
  return { base: `*.${domain}`, values: { subdomain: host.slice(0, -domain.length - 1) } };
}
