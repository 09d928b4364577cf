import type {
  AnswerWriter,
  CacheKey,
  FollowAnswer,
  SharedCacheStore,
  WriteAnswer,
} from "../stores/ports/cache-store.ts";
import { type Flight, type Follower, openFlight } from "./flight.ts";

/** The answer of a key as one request gets it for all who ask the same meanwhile. */
export interface LeadingWriter extends AnswerWriter {
  /** Whether somebody waits for it, here or in another process. */
  readonly isFollowed: boolean;
}

/** How a request takes part: as the one that asks the provider, as one that waits for its answer, or by itself. */
export type Joined =
  | { readonly kind: "leads"; readonly writer: LeadingWriter }
  | { readonly kind: "follows"; readonly follower: Follower }
  | { readonly kind: "alone" };

/** Answers under way, by key. */
export interface Flights {
  /** Becomes the request that leads, or one of those that follow. A promise only where the far store cannot tell at once. */
  join(key: CacheKey): Joined | Promise<Joined>;
}

/** What takes in the answers of flights. */
interface FlightStores {
  readonly near: { write(key: CacheKey): AnswerWriter };
  /** Null for none. */
  readonly far: SharedCacheStore | null;
}

/** Of equal requests under way at one time, in all processes that share the far store, one leads. */
export function openFlights({ near, far }: FlightStores): Flights {
  const flights = new Map<CacheKey, Flight>();
  /** Takes the flight off the list when it is over. */
  const untilOver = (key: CacheKey, flight: Flight): AnswerWriter => {
    const land = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    return {
      begin: (head) => flight.begin(head),
      add: (piece) => flight.add(piece),
      commit(tail) {
        land();
        flight.commit(tail);
      },
      discard(end) {
        land();
        flight.discard(end);
      },
    };
  };
  const launch = (key: CacheKey): SteeredFlight => {
    const steered: SteeredFlight = { flight: openFlight(() => steered.emptied()), emptied: () => {} };
    flights.set(key, steered.flight);
    return steered;
  };
  const lead = (key: CacheKey, shared: AnswerWriter | null, { flight }: SteeredFlight = launch(key)): Joined => {
    const kept = near.write(key);
    const own = untilOver(key, flight);
    const writers = [kept, ...(shared === null ? [] : [shared]), own];
    const writer: LeadingWriter = {
      begin: (head) => writers.forEach((each) => each.begin(head)),
      add: (piece) => writers.forEach((each) => each.add(piece)),
      commit(tail) {
        void kept.commit(tail);
        const storing = shared?.commit(tail);
        // Followers look for the answer where it is kept as soon as they are told, so they are told last.
        return storing instanceof Promise ? storing.then(() => own.commit(tail)) : own.commit(tail);
      },
      discard: (end) => writers.forEach((each) => each.discard(end)),
      get isFollowed() {
        return flight.followerCount > 0 || (shared !== null && far?.isFollowed(key) === true);
      },
    };
    return { kind: "leads", writer };
  };
  const followFar = (key: CacheKey, steered = launch(key)): Joined | Promise<Joined> => {
    const { flight } = steered;
    const own = untilOver(key, flight);
    const attach = (stop: FollowAnswer): Joined => {
      if (stop === null) {
        own.discard({ reason: "vacated" });
        return { kind: "alone" };
      }
      steered.emptied = () => {
        if (flights.get(key) === flight) flights.delete(key);
        stop();
      };
      const joined = joinFlight(flight);
      if (joined.kind === "alone") steered.emptied();
      return joined;
    };
    const following = far?.follow(key, own) ?? null;
    return following instanceof Promise ? following.then(attach) : attach(following);
  };
  /** Requests that come while the far store is asked join a flight of which is not known yet who leads it. */
  const joinLater = async (key: CacheKey, asked: Promise<WriteAnswer>): Promise<Joined> => {
    const steered = launch(key);
    const shared = await asked;
    return shared === "taken" ? await followFar(key, steered) : lead(key, shared, steered);
  };
  return {
    join(key) {
      const known = flights.get(key);
      if (known !== undefined) return joinFlight(known);
      const shared = far?.write(key) ?? null;
      if (shared instanceof Promise) return joinLater(key, shared);
      return shared === "taken" ? followFar(key) : lead(key, shared);
    },
  };
}

/** A flight, and what happens when its last follower leaves. */
interface SteeredFlight {
  readonly flight: Flight;
  emptied: () => void;
}

function joinFlight(flight: Flight): Joined {
  const follower = flight.follow();
  return follower === null ? { kind: "alone" } : { kind: "follows", follower };
}
