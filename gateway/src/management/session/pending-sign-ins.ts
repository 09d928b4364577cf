import { networkOf } from "../../access/network-of.ts";
import type { Clock } from "../../core/clock.ts";
import type { OidcChecks } from "./oidc-client.ts";

/** How long somebody may take at the identity provider. */
const LONGEST_MS = 10 * 60_000;
/** Sign-ins under way at once; the oldest give way. */
const MOST_PENDING = 1000;
/** Of them from one network, so that nobody pushes out everybody else's. */
const MOST_OF_NETWORK = 50;

/** A browser that was sent to the identity provider. */
export interface PendingSignIn {
  readonly checks: OidcChecks;
  readonly redirectUri: string;
  /** Where it is to go when it is done: a path here. */
  readonly returnTo: string;
}

/** Sign-ins under way, by what the browser holds of them. */
export interface PendingSignIns {
  /** @param address where the browser is. */
  add(id: string, pending: PendingSignIn, address: string): void;
  /** Gives it once; null when there is none, it was given before or it took too long. */
  take(id: string): PendingSignIn | null;
}

/** Kept as long as the process runs: whoever is under way then begins again. */
export function openPendingSignIns(clock: Pick<Clock, "nowMs">): PendingSignIns {
  const known = new Map<string, PendingSignIn & { readonly endsAtMs: number; readonly network: string }>();
  return {
    add(id, pending, address) {
      const network = networkOf(address);
      const ofNetwork = [...known].filter(([, other]) => other.network === network);
      if (ofNetwork.length >= MOST_OF_NETWORK) known.delete((ofNetwork[0] as (typeof ofNetwork)[number])[0]);
      known.set(id, { ...pending, endsAtMs: clock.nowMs() + LONGEST_MS, network });
      if (known.size <= MOST_PENDING) return;
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    },
    take(id) {
      const pending = known.get(id);
      known.delete(id);
      return pending === undefined || clock.nowMs() >= pending.endsAtMs ? null : pending;
    },
  };
}
