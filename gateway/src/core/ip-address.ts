/** An IP address as a number of 32 or 128 bits. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** All addresses whose first `prefixLength` bits are those of `value`. */
export interface IpRange extends IpAddress {
  readonly prefixLength: number;
}

const DECIMAL_BYTE = /^(?:0|[1-9]\d{0,2})$/;
const HEX_GROUP = /^[0-9a-f]{1,4}$/i;

/**
 * The address that `text` is; null for anything else. IPv4 as four decimal numbers without leading zeros only, IPv6 in any form of
 * RFC 4291 §2.2, without brackets; a zone (`%eth0`) is passed over.
 */
export function parseIpAddress(text: string): IpAddress | null {
  const ipv4 = ipv4Value(text);
  if (ipv4 !== null) return { family: 4, value: ipv4 };
  const zone = text.indexOf("%");
  const value = ipv6Value(zone === -1 ? text : text.slice(0, zone));
  return value === null ? null : { family: 6, value };
}

/** The range that `text` is: `10.0.0.0/8`, `fd00::/8`, or one address. Bits behind the prefix count for nothing. Null for anything else. */
export function parseIpRange(text: string): IpRange | null {
  const [addressText = "", lengthText, ...more] = text.split("/");
  const address = addressText.includes("%") ? null : parseIpAddress(addressText);
  if (address === null || more.length > 0) return null;
  const bits = bitsOf(address.family);
  if (lengthText !== undefined && !DECIMAL_BYTE.test(lengthText)) return null;
  const prefixLength = lengthText === undefined ? bits : Number(lengthText);
  return prefixLength > bits ? null : { ...address, prefixLength };
}

/** Whether the address lies in the range; never across families. */
export function isInRange(address: IpAddress, range: IpRange): boolean {
  if (address.family !== range.family) return false;
  const ignored = BigInt(bitsOf(range.family) - range.prefixLength);
  return address.value >> ignored === range.value >> ignored;
}

function bitsOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

function ipv4Value(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!DECIMAL_BYTE.test(part) || Number(part) > 255) return null;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function ipv6Value(text: string): bigint | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1));
  if (head === undefined || head === null || tail === null) return null;
  const missing = 8 - head.length - (tail?.length ?? 0);
  // The double colon stands for one group at least (RFC 4291 §2.2).
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  return [...head, ...Array.from({ length: missing }, () => 0n), ...(tail ?? [])].reduce(
    (value, group) => (value << 16n) | group,
    0n,
  );
}

function groupsOf(text: string, isLast: boolean): readonly bigint[] | null {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    const ipv4 = isLast && index === parts.length - 1 ? ipv4Value(part) : null;
    if (ipv4 !== null) groups.push(ipv4 >> 16n, ipv4 & 0xff_ffn);
    else if (HEX_GROUP.test(part)) groups.push(BigInt(`0x${part}`));
    else return null;
  }
  return groups;
}
