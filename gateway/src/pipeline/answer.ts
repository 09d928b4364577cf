import type { UpstreamCall, UpstreamResponse } from "../http1/upstream-call.ts";
import type { Attempt } from "./record-attempt.ts";

/** An answer that is to be delivered: a success, or the last failure a provider answered with. */
export interface Answer {
  readonly attempt: Attempt;
  readonly call: UpstreamCall;
  readonly response: UpstreamResponse;
}
