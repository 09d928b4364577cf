import { createHash, timingSafeEqual } from "node:crypto";

/** Whether two texts are the same, in the same time wherever they differ and however long they are. */
export function isSameText(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

/** Equal in length for texts of any length, as the comparison needs it. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
