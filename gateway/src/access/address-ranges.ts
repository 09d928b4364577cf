import { BlockList, isIP, isIPv6 } from "node:net";

/** Addresses and ranges in CIDR notation, IPv4 and IPv6 (RFC 4632, RFC 4291 §2.3). */
export interface AddressRanges {
  /** Only these; empty for all. */
  readonly in: readonly string[];
  /** Never these, whatever `in` says. */
  readonly notIn: readonly string[];
}

/**
 * Whether an address is within the ranges. IPv4 addresses in IPv6 notation (`::ffff:10.0.0.1`) count as what they are. What is no
 * address, such as the peer of a unix socket, is outside of any range that is asked for.
 */
export function isWithin(ranges: AddressRanges, address: string): boolean {
  if (ranges.in.length === 0 && ranges.notIn.length === 0) return true;
  if (isIP(address) === 0) return false;
  if (ranges.notIn.length > 0 && listContains(ranges.notIn, address)) return false;
  return ranges.in.length === 0 || listContains(ranges.in, address);
}

/** What is wrong with a text that should be an address or a range; null when nothing is. */
export function addressRangeFault(text: string): string | null {
  const range = parseRange(text);
  return range === null
    ? `expected an address or a range such as 203.0.113.7, 10.0.0.0/8 or 2001:db8::/32, got ${JSON.stringify(text.slice(0, 64))}`
    : null;
}

interface Range {
  readonly address: string;
  readonly family: "ipv4" | "ipv6";
  readonly prefixBits: number;
}

function parseRange(text: string): Range | null {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  // A zone (fe80::1%eth0) names an interface of one machine.
  if (version === 0 || address.includes("%") || more.length > 0) return null;
  const widest = version === 4 ? 32 : 128;
  if (bits !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(bits)) return null;
  const prefixBits = bits === undefined ? widest : Number(bits);
  return prefixBits > widest ? null : { address, family: familyOf(address), prefixBits };
}

function listContains(texts: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const text of texts) {
    const range = parseRange(text);
    if (range !== null) list.addSubnet(range.address, range.prefixBits, range.family);
  }
  return list.check(address, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}
