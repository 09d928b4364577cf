import type { UpstreamCall } from "./upstream-call.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

/** What may be collected. */
export interface CollectRule {
  readonly limitBytes: number;
  /** Whether an answer that begins with this piece is worth waiting for. */
  readonly accepts: (first: Buffer) => boolean;
}

/**
 * Reads an answer's body into memory as long as `rule` allows it.
 * @returns its pieces when the whole body was collected, else null: the body is then as if it had never been read.
 * @throws UpstreamFailure when the body breaks off.
 */
export function collectAnswer(call: UpstreamCall, rule: CollectRule): Promise<readonly Buffer[] | null> {
  return new Promise((resolve, reject: (failure: UpstreamFailure) => void) => {
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
        resolve(pieces);
      },
      error(failure) {
        reject(failure);
      },
      flush() {
        const [first] = pieces;
        if (isOver || first === undefined || (sizeBytes <= rule.limitBytes && rule.accepts(first))) return;
        isOver = true;
        call.giveBack(pieces);
        resolve(null);
      },
    });
  });
}
