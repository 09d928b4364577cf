import { type IpAddress, type IpRange, isInRange, parseIpRange } from "./ip-address.ts";

/** What an address is, when it is not one of the public internet. */
export type AddressKind =
  | "loopback"
  | "private"
  | "carrier NAT"
  | "link-local"
  | "cloud metadata"
  | "unspecified"
  | "multicast"
  | "reserved";

/**
 * Ranges that are not public, the narrower before the wider: the special-purpose registries of IANA (RFC 6890 and what updated it), and
 * addresses at which clouds serve credentials to their machines. IPv6 outside 2000::/3 is reserved as a whole.
 */
const kinds: readonly (readonly [AddressKind, IpRange])[] = (
  [
    ["cloud metadata", "169.254.169.254"],
    ["cloud metadata", "169.254.170.2"],
    ["cloud metadata", "169.254.170.23"],
    ["cloud metadata", "100.100.100.200"],
    ["cloud metadata", "168.63.129.16"],
    ["cloud metadata", "192.0.0.192"],
    ["unspecified", "0.0.0.0"],
    ["reserved", "0.0.0.0/8"],
    ["private", "10.0.0.0/8"],
    ["carrier NAT", "100.64.0.0/10"],
    ["loopback", "127.0.0.0/8"],
    ["link-local", "169.254.0.0/16"],
    ["private", "172.16.0.0/12"],
    ["reserved", "192.0.0.0/24"],
    ["reserved", "192.0.2.0/24"],
    ["reserved", "192.88.99.0/24"],
    ["private", "192.168.0.0/16"],
    ["reserved", "198.18.0.0/15"],
    ["reserved", "198.51.100.0/24"],
    ["reserved", "203.0.113.0/24"],
    ["multicast", "224.0.0.0/4"],
    ["reserved", "240.0.0.0/4"],
    ["cloud metadata", "fd00:ec2::254"],
    ["cloud metadata", "fd00:ec2::23"],
    ["cloud metadata", "fd20:ce::254"],
    ["cloud metadata", "fd00:42::42"],
    ["unspecified", "::"],
    ["loopback", "::1"],
    ["private", "64:ff9b:1::/48"],
    ["private", "fc00::/7"],
    ["link-local", "fe80::/10"],
    ["private", "fec0::/10"],
    ["multicast", "ff00::/8"],
    // Teredo, benchmarks and hashes; nothing a server answers from.
    ["reserved", "2001::/23"],
    ["reserved", "2001:db8::/32"],
    // 6to4: tunnels to any IPv4 address, given up by RFC 7526.
    ["reserved", "2002::/16"],
    ["reserved", "3fff::/20"],
  ] as const
).map(([kind, text]) => [kind, parseIpRange(text) as IpRange] as const);

const globalUnicast = parseIpRange("2000::/3") as IpRange;

/** IPv4-mapped addresses (RFC 4291 §2.5.5.2) and what NAT64 reaches (RFC 6052): both lead to the IPv4 address in their last 32 bits. */
const ipv4Carriers = ["::ffff:0:0/96", "64:ff9b::/96"].map((text) => parseIpRange(text) as IpRange);

/** The IPv4 address that connecting to an IPv4-mapped or NAT64 address reaches; any other address as it is. */
export function reachedAddress(address: IpAddress): IpAddress {
  if (!ipv4Carriers.some((range) => isInRange(address, range))) return address;
  return { family: 4, value: address.value & 0xff_ff_ff_ffn };
}

/** What the address is when it is not public; null for a public one. An address that leads to another (`reachedAddress`) is what that one is. */
export function addressKind(address: IpAddress): AddressKind | null {
  const reached = reachedAddress(address);
  const known = kinds.find(([, range]) => isInRange(reached, range));
  if (known !== undefined) return known[0];
  return reached.family === 6 && !isInRange(reached, globalUnicast) ? "reserved" : null;
}
