import { invalidTarget } from "./provider.ts";

/** Where to connect. */
export interface UpstreamOrigin {
  /** TLS or not. */
  readonly secure: boolean;
  /** Lower-case name or address; IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Chosen by someone else than the operator: connections are held to the address policy. Absent means no. */
  readonly isGuarded?: boolean;
}

/** An origin, what to call it in `Host`, and the path all targets begin with (no trailing slash; empty for the root). */
export interface ResolvedBaseUrl {
  readonly origin: UpstreamOrigin;
  readonly hostHeader: string;
  readonly path: string;
}

/** A base URL parsed once. Parts alternate: text, placeholder name, text … */
export interface CompiledBaseUrl {
  readonly secure: boolean;
  readonly port: number;
  readonly hostParts: readonly string[];
  readonly pathParts: readonly string[];
  /** The whole result when there is no placeholder. */
  readonly fixed: ResolvedBaseUrl | null;
  /** Ends of the path, longest first, that a request may repeat because the last is a version segment (reference §1.4); else empty. */
  readonly repeatable: readonly string[];
  /** Whether any segment of the path is a version, such as `v1`. */
  readonly hasVersion: boolean;
  readonly isGuarded: boolean;
}

const PLACEHOLDER = /\{([a-z]+)\}/g;
const STAND_IN = /placeholder-of-([a-z]+)-end/;
const VERSION_SEGMENT = /^v\d+(?:(?:alpha|beta)\d*)?$/;
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const ONE_LABEL = new RegExp(`^${LABEL}$`);
const HOSTNAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);
const PATH_VALUE = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/;

/** Names of the placeholders in a base URL. */
export function placeholdersOf(url: string): string[] {
  return [...url.matchAll(PLACEHOLDER)].map((match) => match[1] as string);
}

/**
 * Parses a base URL, which may hold `{name}` placeholders in host and path.
 * @param isGuarded whether connections to it are held to the address policy.
 * @throws Error saying what is wrong with it: not http or https, credentials, query, fragment, or not a URL.
 */
export function compileBaseUrl(text: string, isGuarded = false): CompiledBaseUrl {
  const standIn = text.replace(PLACEHOLDER, "placeholder-of-$1-end");
  if (/[{}]/.test(standIn)) throw new Error(`"${text}" has a placeholder that is not {name} in small letters`);
  if (!URL.canParse(standIn)) throw new Error(`"${text}" is not a URL`);
  const url = new URL(standIn);
  if (url.username !== "" || url.password !== "") {
    throw new Error(`the URL of host "${url.host}" may hold no credentials`);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new Error(`"${text}" must begin with http:// or https://`);
  }
  if (/[?#]/.test(text)) throw new Error(`"${text}" may hold no query or fragment`);
  const secure = url.protocol === "https:";
  const path = url.pathname.replace(/\/+$/, "");
  const parts = {
    secure,
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    hostParts: url.hostname.split(STAND_IN),
    pathParts: path.split(STAND_IN),
    isGuarded,
  };
  const isFixed = parts.hostParts.length === 1 && parts.pathParts.length === 1;
  const fixed = isFixed ? resolved(parts, url.hostname, path) : null;
  const repeatable = parts.pathParts.length === 1 ? repeatableEnds(path) : [];
  return { ...parts, fixed, repeatable, hasVersion: path.split("/").some((segment) => isVersion(segment)) };
}

/**
 * Fills the placeholders of a base URL.
 * @param values by placeholder name.
 * @throws GatewayError invalidRequest when a value is missing, or is not a DNS label (in the host) or a plain name (in the path),
 *   so that no value can choose another host.
 */
export function resolveBaseUrl(base: CompiledBaseUrl, values: Readonly<Record<string, string>>): ResolvedBaseUrl {
  if (base.fixed !== null) return base.fixed;
  const hostname = fill(base.hostParts, (name) => hostValue(name, values[name]));
  if (base.hostParts.length > 1 && !HOSTNAME.test(hostname)) {
    throw invalidTarget("path", "the path does not name a valid host of the provider");
  }
  return resolved(
    base,
    hostname,
    fill(base.pathParts, (name) => pathValue(name, values[name])),
  );
}

/** Whether a path segment is a version: `v1`, `v1beta`. */
export function isVersion(segment: string): boolean {
  return VERSION_SEGMENT.test(segment);
}

function resolved(
  base: Pick<CompiledBaseUrl, "secure" | "port" | "isGuarded">,
  host: string,
  path: string,
): ResolvedBaseUrl {
  const { secure, port } = base;
  const hostname = host.startsWith("[") ? host.slice(1, -1) : host;
  const hostHeader = port === (secure ? 443 : 80) ? host : `${host}:${port}`;
  return { origin: { secure, hostname, port, ...(base.isGuarded ? { isGuarded: true } : {}) }, hostHeader, path };
}

function repeatableEnds(path: string): string[] {
  const segments = path.split("/").slice(1);
  if (!isVersion(segments.at(-1) ?? "")) return [];
  return segments.map((_, index) => segments.slice(index).join("/"));
}

function fill(parts: readonly string[], valueOf: (name: string) => string): string {
  return parts.map((part, index) => (index % 2 === 0 ? part : valueOf(part))).join("");
}

function hostValue(name: string, value: string | undefined): string {
  const lower = value?.toLowerCase() ?? "";
  if (!(name === "subdomain" ? HOSTNAME : ONE_LABEL).test(lower)) {
    throw invalidTarget("path", `the path names no valid ${name}: letters, digits and dashes are expected, at most 63`);
  }
  return lower;
}

function pathValue(name: string, value: string | undefined): string {
  if (value === undefined || !PATH_VALUE.test(value)) throw invalidTarget(name, `the request names no valid ${name}`);
  return value;
}
