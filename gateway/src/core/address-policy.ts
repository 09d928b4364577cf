import { type AddressKind, addressKind, reachedAddress } from "./address-kind.ts";
import { type IpAddress, type IpRange, isInRange, parseIpAddress, parseIpRange } from "./ip-address.ts";

/** What the file says of addresses: which proxies are believed, and what it allows settings made through the API to reach beyond https at public addresses (`network` of headgate.yaml). */
export interface NetworkConfig {
  /** Addresses, ranges in CIDR form, host names and `*.` host names that may be, or lead to, addresses that are not public. */
  readonly allow_private: readonly string[];
  readonly allow_http: boolean;
  /** Addresses and ranges of proxies whose `x-forwarded-for` is believed. */
  readonly trusted_proxies: readonly string[];
}

/** A `NetworkConfig` made ready by `compileAddressPolicy`. */
export interface AddressPolicy {
  readonly isHttpAllowed: boolean;
  readonly allowedRanges: readonly IpRange[];
  /** Small letters; a leading `.` stands for every name that ends so. */
  readonly allowedNames: readonly string[];
}

/** Https at public addresses only: what holds when the file says nothing. */
export const strictNetwork: NetworkConfig = { allow_private: [], allow_http: false, trusted_proxies: [] };

const LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const HOST_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);
const URL_START = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i;

/** Ends of names that no public name server answers for (RFC 6761, 6762, 8375; ICANN's reserved `internal`). */
const localEnds = [
  "localhost",
  "localdomain",
  "local",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "lan",
  "home.arpa",
  "svc",
];

/** What the name of an allowed host stands for; the rest takes an address or a range that the file names. */
const kindsOpenToNames: ReadonlySet<AddressKind> = new Set<AddressKind>(["private", "loopback", "carrier NAT"]);

const howToAllow = "network.allow_private in headgate.yaml allows it";

/** What is wrong with an entry of `allow_private`, or null. */
export function allowanceFault(entry: string): string | null {
  if (parseIpRange(entry) !== null) return null;
  const name = entry.toLowerCase().replace(/^\*\./, "");
  // A last label of digits is an address that was misspelled, never a name (WHATWG URL, "ends in a number").
  if (HOST_NAME.test(name) && !/(?:^|\.)(?:\d+|0x[0-9a-f]*)$/.test(name)) return null;
  return 'expected an IP address, a range such as "10.0.0.0/8", a host name or "*." and a host name';
}

/** The policy that a configuration without faults (`allowanceFault`) stands for. */
export function compileAddressPolicy(network: Pick<NetworkConfig, "allow_private" | "allow_http">): AddressPolicy {
  const ranges = network.allow_private.map((entry) => parseIpRange(entry));
  return {
    isHttpAllowed: network.allow_http,
    allowedRanges: ranges.filter((range) => range !== null),
    allowedNames: network.allow_private
      .filter((_, index) => ranges[index] === null)
      .map((name) => name.toLowerCase().replace(/^\*/, "")),
  };
}

/**
 * Why a URL that came through the API may not be called, in words for its author; null when it may. Wanted: https (or http where the
 * file allows it), no user name or password, a plainly written host that is public or allowed by the file. What a name leads to is
 * known only when it is connected to: `resolvedFault`.
 */
export function addressFault(text: string, policy: AddressPolicy): string | null {
  if (/[^\x21-\x7e]/.test(text)) return "expected a URL of visible ASCII characters";
  const [, scheme = "", authority = ""] = URL_START.exec(text) ?? [];
  if (scheme === "" || authority === "") return "expected an https URL such as https://host/path";
  const schemeFault = schemeFaultOf(scheme.toLowerCase(), policy);
  if (schemeFault !== null) return schemeFault;
  if (authority.includes("@")) return "expected a URL without user name or password";
  if (authority.includes("\\")) return "expected a URL without backslashes";
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.port === "0") return "expected a URL with a valid host and port";
  return hostFault(url.hostname, policy) ?? spellingFault(authority.replace(/:\d*$/, "").toLowerCase(), url.hostname);
}

/** Why nothing may connect to this scheme and host, or null. @param hostname name or address, IPv6 with or without brackets. */
export function originFault(
  origin: { readonly secure: boolean; readonly hostname: string },
  policy: AddressPolicy,
): string | null {
  return schemeFaultOf(origin.secure ? "https" : "http", policy) ?? hostFault(origin.hostname, policy);
}

/**
 * Why no connection may be made to what a name leads to: one of its addresses is not allowed. Null when all are. The text does not tell the address: who calls a custom provider need not know the operator's network.
 */
export function resolvedFault(hostname: string, addresses: readonly string[], policy: AddressPolicy): string | null {
  const isNameAllowed = isAllowedName(hostname.toLowerCase(), policy);
  for (const text of addresses) {
    const address = parseIpAddress(text);
    const kind = address === null ? "reserved" : addressKind(address);
    if (kind === null || (address !== null && isAllowedAddress(address, policy))) continue;
    if (!isNameAllowed || !kindsOpenToNames.has(kind)) return `the name leads to a ${kind} address; ${howToAllow}`;
  }
  return null;
}

function schemeFaultOf(scheme: string, policy: AddressPolicy): string | null {
  if (scheme === "https" || (scheme === "http" && policy.isHttpAllowed)) return null;
  return scheme === "http"
    ? "expected https; network.allow_http in headgate.yaml allows http"
    : "expected an https URL";
}

function hostFault(host: string, policy: AddressPolicy): string | null {
  const hostname = host.replace(/^\[|\]$/g, "").toLowerCase();
  const address = parseIpAddress(hostname);
  if (address !== null) {
    const kind = addressKind(address);
    if (kind === null || isAllowedAddress(address, policy)) return null;
    return `${host} is a ${kind} address; ${howToAllow}`;
  }
  if (hostname.endsWith(".")) return "expected a host name without a dot at its end";
  if (!HOST_NAME.test(hostname)) return "expected a host name of letters, digits, dashes and dots";
  if (isAllowedName(hostname, policy)) return null;
  return isLocalName(hostname) ? `${host} is a name of a local network; ${howToAllow}` : null;
}

/** Whether a name, in small letters, is one that no public name server answers for. */
export function isLocalName(hostname: string): boolean {
  return !hostname.includes(".") || localEnds.some((end) => hostname.endsWith(`.${end}`));
}

/** Other programs may read `0177.0.0.1` or `%65xample.com` otherwise than this one does. */
function spellingFault(written: string, hostname: string): string | null {
  return written === hostname || hostname.startsWith("[") ? null : `expected the host in its plain form, ${hostname}`;
}

function isAllowedAddress(address: IpAddress, policy: AddressPolicy): boolean {
  const reached = reachedAddress(address);
  return policy.allowedRanges.some((range) => isInRange(address, range) || isInRange(reached, range));
}

function isAllowedName(hostname: string, policy: AddressPolicy): boolean {
  return policy.allowedNames.some((name) => (name.startsWith(".") ? hostname.endsWith(name) : hostname === name));
}
