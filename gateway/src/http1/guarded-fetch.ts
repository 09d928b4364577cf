import { compileAddressPolicy, type NetworkConfig } from "../core/address-policy.ts";
import type { Clock } from "../core/clock.ts";
import { DeadlineWheel } from "../core/deadline-wheel.ts";
import type { ResolveName } from "./checked-addresses.ts";
import { collectAnswer } from "./collect-answer.ts";
import type { Origin } from "./origin.ts";
import { SCRATCH_BYTES } from "./socket-writer.ts";
import type { UpstreamCall } from "./upstream-call.ts";
import { createUpstreamClient } from "./upstream-client.ts";

/** The part of `fetch` that sending small bodies takes. */
export type PlainFetch = (url: string, init: PlainFetchInit) => Promise<Response>;

/** A request to be sent. */
export interface PlainFetchInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

/** A `fetch` that is held to the address policy. */
export interface GuardedFetch {
  /**
   * Sends a request. Fields about framing and connection are left out, redirects not followed; of the answer's body at most 64 KiB are read, a longer one is left out.
   * Rejects with UpstreamFailure (address_not_allowed where the policy says so), or with the signal's reason.
   */
  readonly fetch: PlainFetch;
  /** Closes kept connections. */
  close(): void;
}

/** What a guarded `fetch` is made of. */
export interface GuardedFetchOptions {
  readonly network: Pick<NetworkConfig, "allow_private" | "allow_http">;
  readonly clock: Clock;
  /** The machine's own way unless given. */
  readonly resolveName?: ResolveName;
  /** Certificate authorities trusted besides the built-in ones, PEM. */
  readonly extraAuthorities?: string;
}

/** Fields that say how a message travels; the connection writes its own. */
const ownFields: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "upgrade",
  "expect",
  "te",
  "trailer",
  "keep-alive",
]);

const MAX_ANSWER_BYTES = 65_536;

/** For addresses that are not the operator's own choice; one per process. */
export function createGuardedFetch({ network, clock, ...options }: GuardedFetchOptions): GuardedFetch {
  const wheel = new DeadlineWheel(clock);
  const client = createUpstreamClient({
    ...options,
    clock,
    wheel,
    scratch: Buffer.allocUnsafeSlow(SCRATCH_BYTES),
    addressPolicy: compileAddressPolicy(network),
  });
  return {
    async fetch(url, { method, headers, body, signal }) {
      signal.throwIfAborted();
      const { origin, host, target } = placeOf(new URL(url));
      // Refuses what cannot stand in a header, a line break above all.
      const fields = [...new Headers(headers)].filter(([name]) => !ownFields.has(name)).flat();
      const call = client.send({
        origin,
        method,
        target,
        headers: ["host", host, ...fields],
        body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
        timeouts: { connectMs: 0, firstByteMs: 0, idleMs: 0, totalMs: 0 },
      });
      const abort = (): void => call.abort();
      signal.addEventListener("abort", abort, { once: true });
      try {
        return await answerOf(call);
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        signal.removeEventListener("abort", abort);
      }
    },
    close() {
      client.close();
      wheel.stop();
    },
  };
}

function placeOf(url: URL): { readonly origin: Origin; readonly host: string; readonly target: string } {
  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  return {
    origin: { secure, hostname, port, isGuarded: true },
    host: url.host,
    target: `${url.pathname}${url.search}`,
  };
}

async function answerOf(call: UpstreamCall): Promise<Response> {
  const { status, headers } = await call.response;
  const fields = new Headers();
  for (let index = 0; index < headers.length; index += 2) {
    fields.append(headers[index] as string, headers[index + 1] as string);
  }
  const collected = await collectAnswer(call, { limitBytes: MAX_ANSWER_BYTES, accepts: () => true });
  if (collected.kind === "unsuitable") call.abort();
  if (collected.kind === "broken") throw collected.failure;
  const body = collected.kind === "whole" ? Buffer.concat([...collected.pieces]) : null;
  return new Response(body === null || body.length === 0 ? null : body, { status, headers: fields });
}
