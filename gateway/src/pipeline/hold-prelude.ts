import type { AnswerTap } from "../streaming/answer-tap.ts";
import type { CollectRule } from "../http1/collect-answer.ts";
import type { UpstreamCall } from "../http1/upstream-call.ts";
import type { UpstreamFailure } from "../http1/upstream-failure.ts";

/** What the beginning of an answer turned out to be. */
export type PreludeVerdict =
  | { readonly kind: "usable" }
  | { readonly kind: "error"; readonly message: string; readonly pieces: readonly Buffer[] }
  | { readonly kind: "broken"; readonly failure: UpstreamFailure; readonly pieces: readonly Buffer[] };

/** Bytes held at most; an answer that is longer without a verdict counts as usable. */
const MAX_HELD_BYTES = 1024 * 1024;

/**
 * Waits until a 2xx answer shows content or proves to be none, so that another attempt can still take its place: an error
 * object under status 200, an error as first event, or a stream that dies after its start events. Only asked while another
 * attempt remains; what was held is given back to the call.
 * @param tap looks at the answer; it must not be used again. @param wholeRule says which answers are waited for to their end.
 */
export function holdPrelude(
  call: UpstreamCall,
  tap: AnswerTap,
  wholeRule: CollectRule | null,
): Promise<PreludeVerdict> {
  return new Promise((resolve) => {
    const held: Buffer[] = [];
    let heldBytes = 0;
    let isOver = false;
    const decide = (verdict: PreludeVerdict): void => {
      if (isOver) return;
      isOver = true;
      if (verdict.kind === "usable") call.giveBack(held);
      resolve(verdict);
    };
    call.consume({
      data(chunk) {
        held.push(chunk);
        heldBytes += chunk.length;
        if (!isOver) tap.observe(chunk);
      },
      end() {
        if (isOver) return;
        const reading = tap.finish();
        if (reading.ending === "error")
          decide({ kind: "error", message: reading.errorMessage ?? "error in answer", pieces: held });
        else decide({ kind: "usable" });
      },
      error(failure) {
        decide({ kind: "broken", failure, pieces: held });
      },
      flush() {
        const [first] = held;
        if (isOver || first === undefined) return;
        if (wholeRule !== null && heldBytes <= wholeRule.limitBytes && wholeRule.accepts(first)) return;
        if (tap.progress === "content" || tap.progress === "finish" || heldBytes > MAX_HELD_BYTES)
          decide({ kind: "usable" });
        else if (tap.progress === "error")
          decide({ kind: "error", message: "error event before any content", pieces: held });
      },
    });
  });
}
