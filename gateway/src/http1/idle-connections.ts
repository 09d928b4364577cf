import type { Clock } from "../core/clock.ts";
import type { DeadlineWheel, Watched } from "../core/deadline-wheel.ts";
import type { UpstreamConnection } from "./upstream-connection.ts";

/** Idle connections kept per origin. */
const MAX_PER_ORIGIN = 256;
/** How long an idle connection is kept: under the 60 s after which common load balancers close theirs. */
const IDLE_MS = 55_000;

interface IdleConnection extends Watched {
  readonly connection: UpstreamConnection;
}

/** Upstream connections between two calls, by origin; the most recently used one is taken first. */
export class IdleConnections {
  readonly #clock: Clock;
  readonly #wheel: DeadlineWheel;
  readonly #byOrigin = new Map<string, IdleConnection[]>();
  readonly #maxCount: number;
  #count = 0;

  constructor(clock: Clock, wheel: DeadlineWheel, maxCount: number) {
    this.#clock = clock;
    this.#wheel = wheel;
    this.#maxCount = maxCount;
  }

  /** Connections kept now, over all origins. */
  get count(): number {
    return this.#count;
  }

  /** Keeps `connection` for the next call to the origin `key`; drops it when enough are kept. */
  keep(key: string, connection: UpstreamConnection): void {
    const list = this.#byOrigin.get(key) ?? [];
    if (list.length >= MAX_PER_ORIGIN || this.#count >= this.#maxCount) {
      connection.drop();
      return;
    }
    const entry = {
      connection,
      deadlineMs: this.#clock.monotonicMs() + IDLE_MS,
      onDeadline: () => connection.drop(),
    };
    list.push(entry);
    this.#count += 1;
    this.#byOrigin.set(key, list);
    this.#wheel.watch(entry);
  }

  /** Takes the most recently kept connection to `key`, undefined when there is none. */
  take(key: string): UpstreamConnection | undefined {
    const list = this.#byOrigin.get(key);
    const entry = list?.pop();
    if (entry === undefined) return undefined;
    this.#count -= 1;
    this.#wheel.unwatch(entry);
    if (list?.length === 0) this.#byOrigin.delete(key);
    return entry.connection;
  }

  /** Lets go of a connection that is gone; nothing happens when it was not kept. */
  forget(key: string, connection: UpstreamConnection): void {
    const list = this.#byOrigin.get(key) ?? [];
    const index = list.findIndex((entry) => entry.connection === connection);
    if (index < 0) return;
    this.#wheel.unwatch(list[index] as IdleConnection);
    list.splice(index, 1);
    this.#count -= 1;
    if (list.length === 0) this.#byOrigin.delete(key);
  }

  /** Drops every kept connection. */
  close(): void {
    const entries = [...this.#byOrigin.values()].flat();
    for (const entry of entries) entry.connection.drop();
  }
}
