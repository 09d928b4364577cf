import type { Clock } from "../core/clock.ts";
import type { DeadlineWheel } from "../core/deadline-wheel.ts";
import { type AddressGuard, checkedAddresses } from "./checked-addresses.ts";
import type { Dialing } from "./dial.ts";
import { dialInTurn } from "./dial-in-turn.ts";
import type { UpstreamCall } from "./upstream-call.ts";
import { type ConnectionOwner, UpstreamConnection } from "./upstream-connection.ts";
import { UpstreamFailure } from "./upstream-failure.ts";

/** What opening a connection needs. */
export interface OpenOptions {
  readonly call: UpstreamCall;
  readonly owner: ConnectionOwner;
  readonly clock: Clock;
  readonly wheel: DeadlineWheel;
  readonly extraAuthorities: string | undefined;
  /** Asked for origins that are guarded. */
  readonly guard: AddressGuard;
}

/**
 * Opens a connection for `call` and lets it carry the call. Every failure up to then, the connect time-out, an address that is not
 * allowed and a rejected certificate included, ends the call.
 */
export function openConnection(options: OpenOptions): void {
  const { call, owner, wheel, clock, extraAuthorities } = options;
  const { origin, timeouts } = call.request;
  const place = origin.unixPath ?? `${origin.hostname}:${origin.port}`;
  let isSettled = false;
  let dialing: Dialing | null = null;
  const connectWatch = {
    deadlineMs: timeouts.connectMs > 0 ? clock.monotonicMs() + timeouts.connectMs : Number.POSITIVE_INFINITY,
    onDeadline: () =>
      fail(new UpstreamFailure("connect_timeout", `${place}: no connection in ${timeouts.connectMs} ms`)),
  };
  const fail = (failure: UpstreamFailure): void => {
    if (isSettled) return;
    isSettled = true;
    wheel.unwatch(connectWatch);
    dialing?.end();
    call.fail(failure);
  };
  const start = (addresses: readonly string[]): void => {
    if (isSettled) return;
    dialing = dialInTurn({
      origin,
      addresses,
      extraAuthorities,
      clock,
      wheel,
      onFailure: fail,
      onReady(socket) {
        wheel.unwatch(connectWatch);
        if (isSettled || call.isOver) {
          socket.terminate();
          return;
        }
        isSettled = true;
        socket.data = new UpstreamConnection(socket, owner);
        socket.data.carry(call);
      },
    });
  };
  // Giving the call up ends the connecting too, as far as the system lets it be ended.
  call.attach({ setReading: () => {}, drop: () => fail(new UpstreamFailure("aborted", "given up while connecting")) });
  wheel.watch(connectWatch);
  if (origin.isGuarded === true) checkedAddresses(origin, options.guard).then(start, fail);
  else start([origin.hostname]);
}
