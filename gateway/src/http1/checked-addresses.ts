import { lookup } from "node:dns/promises";
import { type AddressPolicy, originFault, resolvedFault } from "../core/address-policy.ts";
import { parseIpAddress } from "../core/ip-address.ts";
import type { Origin } from "./origin.ts";
import { connectFailure, UpstreamFailure } from "./upstream-failure.ts";

/** All addresses of a host name, of both families. Rejects with the system's error when there are none. */
export type ResolveName = (hostname: string) => Promise<readonly string[]>;

/** What connections to origins that are not the operator's own choice are held to. */
export interface AddressGuard {
  readonly policy: AddressPolicy;
  readonly resolveName: ResolveName;
}

/** Addresses of a name that are dialed; all are checked. */
const MOST_DIALED = 8;

/** Asks the machine's resolver, as any connection does: hosts file, search order and both families included. */
export async function resolveByMachine(hostname: string): Promise<readonly string[]> {
  return (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);
}

/**
 * The addresses a guarded origin may be connected to, both families in turn. What is dialed is what was checked: a name that answers
 * otherwise the next time is checked the next time.
 * @throws UpstreamFailure address_not_allowed when scheme, host or any address of the host is refused by the policy; name_not_resolved.
 */
export async function checkedAddresses(origin: Origin, guard: AddressGuard): Promise<readonly string[]> {
  const { hostname } = origin;
  const place = `${hostname}:${origin.port}`;
  const ownFault = originFault(origin, guard.policy);
  if (ownFault !== null) throw new UpstreamFailure("address_not_allowed", `${place}: ${ownFault}`);
  if (parseIpAddress(hostname) !== null) return [hostname];
  const addresses = await guard.resolveName(hostname).catch((error: unknown) => {
    throw connectFailure(error, place);
  });
  if (addresses.length === 0) throw new UpstreamFailure("name_not_resolved", `${place}: the name has no address`);
  const fault = resolvedFault(hostname, addresses, guard.policy);
  if (fault !== null) throw new UpstreamFailure("address_not_allowed", `${place}: ${fault}`);
  return familiesInTurn(addresses).slice(0, MOST_DIALED);
}

/** The order of RFC 8305 §4: families alternate, the one the resolver preferred first. */
function familiesInTurn(addresses: readonly string[]): readonly string[] {
  const isIpv6 = (address: string): boolean => address.includes(":");
  const preferred = addresses.filter((address) => isIpv6(address) === isIpv6(addresses[0] as string));
  const others = addresses.filter((address) => !preferred.includes(address));
  const length = Math.max(preferred.length, others.length);
  return Array.from({ length }, (_, index) => [preferred[index], others[index]])
    .flat()
    .filter((address) => address !== undefined);
}
