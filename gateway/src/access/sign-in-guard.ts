import type { Clock } from "../core/clock.ts";
import { networkOf } from "./network-of.ts";

/** Wrong passwords for one person before there is a pause. */
const FREE_TRIES = 5;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** Tries from one address, whoever for, before there is a pause. Offices share one. */
const FREE_TRIES_OF_ADDRESS = 50;
/** Without tries for so long everything is forgotten. */
const FORGET_MS = 3_600_000;
/** People and addresses remembered at once; the ones not seen the longest are forgotten first. */
const MOST_REMEMBERED = 10_000;

/** Who tries to sign in, and from where. */
export interface SignInTry {
  /** As it was typed; letters count the same, small or capital. */
  readonly email: string;
  readonly address: string;
}

/** Slows down whoever guesses passwords, for one person and from one address; people who do not exist are guarded the same. */
export interface SignInGuard {
  /**
   * Begins a try. It counts as a wrong one until `succeeded` says otherwise, so that many at once are none more.
   * @returns 0 to go on, or the milliseconds to wait; the try then does not count.
   */
  begin(who: SignInTry): number;
  /** The password was right: forgets the tries for this person. */
  succeeded(who: SignInTry): void;
}

interface Tries {
  readonly count: number;
  readonly lastMs: number;
  readonly pausedUntilMs: number;
}

/** Opens a guard that remembers as long as the process runs. */
export function openSignInGuard(clock: Pick<Clock, "nowMs">): SignInGuard {
  const people = new Map<string, Tries>();
  const addresses = new Map<string, Tries>();
  return {
    begin({ email, address }) {
      const nowMs = clock.nowMs();
      const person = triesOf(people, keyOf(email), nowMs);
      const place = triesOf(addresses, networkOf(address), nowMs);
      const waitMs = Math.max(person.pausedUntilMs, place.pausedUntilMs) - nowMs;
      if (waitMs > 0) return waitMs;
      remember(people, keyOf(email), counted(person, FREE_TRIES, nowMs));
      remember(addresses, networkOf(address), counted(place, FREE_TRIES_OF_ADDRESS, nowMs));
      return 0;
    },
    succeeded({ email, address }) {
      people.delete(keyOf(email));
      const place = addresses.get(networkOf(address));
      if (place === undefined) return;
      remember(addresses, networkOf(address), { ...place, count: Math.max(0, place.count - 1), pausedUntilMs: 0 });
    },
  };
}

function keyOf(email: string): string {
  return email.slice(0, 320).toLowerCase();
}

function triesOf(known: ReadonlyMap<string, Tries>, key: string, nowMs: number): Tries {
  const tries = known.get(key);
  return tries === undefined || nowMs - tries.lastMs > FORGET_MS ? { count: 0, lastMs: 0, pausedUntilMs: 0 } : tries;
}

/** One more try; from the last free one on each is followed by a pause twice as long. */
function counted(tries: Tries, freeTries: number, nowMs: number): Tries {
  const count = tries.count + 1;
  if (count < freeTries) return { count, lastMs: nowMs, pausedUntilMs: 0 };
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(20, count - freeTries));
  return { count, lastMs: nowMs, pausedUntilMs: nowMs + pauseMs };
}

function remember(known: Map<string, Tries>, key: string, tries: Tries): void {
  // Set anew it stands last, so the first one is the one not seen the longest.
  known.delete(key);
  known.set(key, tries);
  if (known.size <= MOST_REMEMBERED) return;
  const [oldest] = known.keys();
  if (oldest !== undefined) known.delete(oldest);
}
