import { compileAddressPolicy, type AddressPolicy, strictNetwork } from "../core/address-policy.ts";
import type { Clock } from "../core/clock.ts";
import type { DeadlineWheel } from "../core/deadline-wheel.ts";
import { type ResolveName, resolveByMachine } from "./checked-addresses.ts";
import { IdleConnections } from "./idle-connections.ts";
import { openConnection } from "./open-connection.ts";
import { originKey } from "./origin.ts";
import { type CallOwner, UpstreamCall, type UpstreamRequest } from "./upstream-call.ts";
import type { ConnectionOwner } from "./upstream-connection.ts";
import { UpstreamFailure } from "./upstream-failure.ts";

/** What the client needs from outside. */
export interface UpstreamClientOptions {
  readonly clock: Clock;
  readonly wheel: DeadlineWheel;
  /** Shared by all writers of the process, `SCRATCH_BYTES` long. */
  readonly scratch: Buffer;
  /** Certificate authorities trusted besides the built-in ones, PEM. */
  readonly extraAuthorities?: string;
  /** What guarded origins may reach; https at public addresses unless given. */
  readonly addressPolicy?: AddressPolicy;
  /** Most connections kept while nobody uses them, over all origins; as many as there are when absent. */
  readonly maxIdleConnections?: number;
  /** How the names of guarded origins are resolved; the machine's own way unless given. */
  readonly resolveName?: ResolveName;
}

/** Sends requests to upstreams over kept connections. */
export interface UpstreamClient {
  /** Starts an exchange; its outcome is told through the call. Never throws. */
  send(request: UpstreamRequest): UpstreamCall;
  /** Connections open and idle now. */
  readonly idleCount: number;
  /** Closes idle connections; calls under way go on. */
  close(): void;
}

/**
 * A kept connection that dies without a byte this soon after a request was put on it was closed by the upstream
 * before it saw the request, which then may be sent again on a fresh one.
 */
const STALE_WINDOW_MS = 1000;

/** Makes a client; one per process. */
export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { clock, wheel } = options;
  const idle = new IdleConnections(clock, wheel, options.maxIdleConnections ?? Number.POSITIVE_INFINITY);
  const guard = {
    policy: options.addressPolicy ?? compileAddressPolicy(strictNetwork),
    resolveName: options.resolveName ?? resolveByMachine,
  };

  const callOwner: CallOwner = {
    deadlineNearer: (call) => wheel.watch(call),
    settled: (call) => wheel.unwatch(call),
  };
  const ownerOf = (key: string): ConnectionOwner => ({
    scratch: options.scratch,
    nowMs: () => clock.monotonicMs(),
    released: (connection) => idle.keep(key, connection),
    lost: (connection, call) => {
      idle.forget(key, connection);
      if (call === null) return;
      const isStale = connection.callCount > 1 && clock.monotonicMs() - call.startedAtMs < STALE_WINDOW_MS;
      const canRepeat = call.request.body === null || Buffer.isBuffer(call.request.body);
      if (isStale && canRepeat && !connection.hasAnswerBegun) connect(call, key);
      else call.fail(closeFailure(call));
    },
  });
  const connect = (call: UpstreamCall, key: string): void => {
    openConnection({ call, owner: ownerOf(key), clock, wheel, extraAuthorities: options.extraAuthorities, guard });
  };

  return {
    send(request) {
      const call = new UpstreamCall(request, clock.monotonicMs(), callOwner);
      wheel.watch(call);
      const key = originKey(request.origin);
      // A connection that switches protocols never comes back, and servers may refuse to switch one that was used before.
      const kept = request.upgrade === undefined ? idle.take(key) : undefined;
      if (kept !== undefined) kept.carry(call);
      else connect(call, key);
      return call;
    },
    get idleCount() {
      return idle.count;
    },
    close: () => idle.close(),
  };
}

function closeFailure(call: UpstreamCall): UpstreamFailure {
  return call.hasAnswer
    ? new UpstreamFailure("closed_mid_answer", "the provider closed the connection inside its answer")
    : new UpstreamFailure("closed_before_answer", "the provider closed the connection before it answered");
}
