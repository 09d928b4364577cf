import type { FlightEvent, Follower } from "../cache/flight.ts";
import { GatewayError } from "../core/errors.ts";
import { headerValue } from "../core/header-list.ts";
import { isRetryableStatus } from "../routing/retry-policy.ts";
import type { AnswerEnd, AnswerHead, AnswerPiece } from "../stores/ports/cache-store.ts";
import type { Exchange } from "./exchange.ts";

/** What became of an answer that another request was getting. */
export type FollowedAnswer =
  /** It is a stream under way; who follows it sends it on as it comes. */
  | { readonly kind: "streams"; readonly head: AnswerHead; readonly follower: Follower }
  /** It is whole and cached. */
  | { readonly kind: "whole" }
  /** The provider answered with an error. */
  | {
      readonly kind: "error";
      readonly head: AnswerHead;
      readonly pieces: readonly AnswerPiece[];
      readonly isRetryable: boolean;
    }
  /** There is no answer. */
  | { readonly kind: "none"; readonly end: AnswerEnd };

/** Errors are passed on up to this size; a larger one is asked for anew. */
const MAX_ERROR_BYTES = 256 * 1024;

/**
 * Waits for what `follower` is told: to the end of an answer that is not streamed, to the beginning of one that is.
 * @throws GatewayError when the client left meanwhile.
 */
export async function followAnswer(exchange: Exchange, follower: Follower): Promise<FollowedAnswer> {
  exchange.onClientGone = () => follower.leave();
  // It may have left while the cache was asked.
  if (exchange.isClientGone) follower.leave();
  let head: AnswerHead | null = null;
  const pieces: AnswerPiece[] = [];
  let sizeBytes = 0;
  for (;;) {
    const event: FlightEvent = await follower.next();
    if (exchange.isClientGone) throw new GatewayError("internal", { message: "the client left" });
    if (event.kind === "head") {
      head = event.head;
      if (head.status < 400 && !isHeldWhole(head)) return { kind: "streams", head, follower };
    } else if (event.kind === "piece") {
      sizeBytes += event.piece.bytes.length;
      if (head !== null && head.status >= 400 && sizeBytes <= MAX_ERROR_BYTES) pieces.push(event.piece);
    } else {
      follower.leave();
      exchange.onClientGone = () => {};
      if (event.kind === "whole") return { kind: "whole" };
      const isError = head !== null && head.status >= 400 && event.end.reason === "failed";
      if (!isError || sizeBytes > MAX_ERROR_BYTES) return { kind: "none", end: event.end };
      return {
        kind: "error",
        head: head as AnswerHead,
        pieces,
        isRetryable: isRetryableStatus((head as AnswerHead).status),
      };
    }
  }
}

/** JSON is sent whole, so that its length can be told. */
function isHeldWhole({ headers }: AnswerHead): boolean {
  return headerValue(headers, "content-type")?.startsWith("application/json") === true;
}

/** What those who wait are told of a request that was refused: what its provider did, or nothing where it was not asked. */
export function endOfRefused(error: unknown): AnswerEnd {
  if (!(error instanceof GatewayError) || error.definition.fault !== "provider") return { reason: "vacated" };
  const { cause = "upstream_failed", explanation = error.message } = error.details;
  return { reason: "failed", error: { isTimeout: error.definition.status === 504, cause, explanation } };
}
