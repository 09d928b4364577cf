import type { StoredBody } from "../../stores/ports/log-store.ts";

const maxHeadBytes = 65_536;

/** Beginning of a body for showing, `request_head` and `response_head` of reference §10.2. */
export interface BodyHead {
  /** Whole characters of the first 64 KiB; empty when nothing was kept or it is not text. */
  readonly text: string;
  /** True when `text` is the whole body. */
  readonly isComplete: boolean;
}

/** The beginning of a stored body as text. */
export function bodyHead(body: StoredBody | null): BodyHead {
  if (body === null) return { text: "", isComplete: false };
  const isWhole = body.isComplete && body.bytes.length <= maxHeadBytes;
  const text = utf8Text(body.bytes.subarray(0, maxHeadBytes), isWhole);
  return text === null ? { text: "", isComplete: false } : { text, isComplete: isWhole };
}

/** `bytes` as text; null when they are not UTF-8. A character cut at the end of what is not whole is left out. */
export function utf8Text(bytes: Buffer, isWhole: boolean): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: !isWhole });
  } catch {
    return null;
  }
}
