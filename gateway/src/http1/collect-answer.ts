import type { UpstreamCall } from "./upstream-call.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

/** What may be collected. */
export interface CollectRule {
  readonly limitBytes: number;
  /** Whether an answer that begins with this piece is worth waiting for. */
  readonly accepts: (first: Buffer) => boolean;
}

/** How collecting ended. After `unsuitable` the body is as if it had never been read. */
export type CollectedAnswer =
  | { readonly kind: "whole"; readonly pieces: readonly Buffer[] }
  | { readonly kind: "unsuitable" }
  | { readonly kind: "broken"; readonly failure: UpstreamFailure; readonly pieces: readonly Buffer[] };

/** Reads an answer's body into memory as long as `rule` allows it. */
export function collectAnswer(call: UpstreamCall, rule: CollectRule): Promise<CollectedAnswer> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let sizeBytes = 0;
    let isOver = false;
    call.consume({
      data(piece) {
        pieces.push(piece);
        sizeBytes += piece.length;
      },
      end() {
        isOver = true;
        resolve({ kind: "whole", pieces });
      },
      error(failure) {
        resolve({ kind: "broken", failure, pieces });
      },
      flush() {
        const [first] = pieces;
        if (isOver || first === undefined || (sizeBytes <= rule.limitBytes && rule.accepts(first))) return;
        isOver = true;
        call.giveBack(pieces);
        resolve({ kind: "unsuitable" });
      },
    });
  });
}
