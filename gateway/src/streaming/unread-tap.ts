import type { AnswerTap } from "./answer-reading.ts";

/** A tap for answers that are not read: it only tells the first byte. */
export function openUnreadTap(): AnswerTap {
  let hasBytes = false;
  return {
    observe(chunk) {
      if (chunk.length > 0) hasBytes = true;
    },
    get progress() {
      return hasBytes ? "content" : "nothing";
    },
    atEventBorder: false,
    finish: () => ({ usage: null, model: null, ending: "complete" }),
  };
}
