import { headerValues, type HeaderList } from "./header-list.ts";
import { type IpRange, isInRange, parseIpAddress, parseIpRange } from "./ip-address.ts";

/** Ranges whose proxies are believed, out of a configuration without faults. */
export function compileTrustedProxies(texts: readonly string[]): readonly IpRange[] {
  return texts.map(parseIpRange).filter((range) => range !== null);
}

/**
 * The address a client has: that of its connection, unless that is a proxy which is believed; then what this one says in `x-forwarded-for`,
 * and so on back to the first that is not believed. Whatever stands before that was written by somebody unknown.
 */
export function clientAddress(
  { remoteAddress, headers }: { readonly remoteAddress: string; readonly headers: HeaderList },
  trusted: readonly IpRange[],
): string {
  if (trusted.length === 0 || !isTrusted(remoteAddress, trusted)) return remoteAddress;
  const told = headerValues(headers, "x-forwarded-for")
    .flatMap((value) => value.split(","))
    .map((text) => text.trim());
  let address = remoteAddress;
  for (const next of told.toReversed()) {
    if (parseIpAddress(next) === null) return address;
    address = next;
    if (!isTrusted(next, trusted)) return address;
  }
  return address;
}

function isTrusted(text: string, trusted: readonly IpRange[]): boolean {
  const address = parseIpAddress(text.replace(/^::ffff:(?=\d+\.)/i, ""));
  return address !== null && trusted.some((range) => isInRange(address, range));
}
