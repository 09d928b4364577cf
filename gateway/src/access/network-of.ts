import { parseIpAddress } from "../core/ip-address.ts";

/** What counts as one place that requests come from: an IPv4 address, or a /64 of IPv6, all of which one household or machine has (RFC 6177). */
export function networkOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const parsed = parseIpAddress(address);
  return parsed === null ? address : `${(parsed.value >> 64n).toString(16)}::/64`;
}
