import { headerValue } from "../core/header-list.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { CollectRule } from "../http1/collect-answer.ts";
import type { UpstreamResponse } from "../http1/upstream-call.ts";

/** Answers that are not streamed are held up to this size. */
const HELD_BYTES = 256 * 1024;
const OPEN_BRACE = 0x7b;

/**
 * Which answers are held until they are whole: small JSON ones that are not streamed. Their head can then tell what they
 * used and cost, and one that breaks off can still give way to another try. Null for every other answer; an array may be
 * one that is streamed element by element.
 */
export function holdRule(response: UpstreamResponse, dialect: Dialect): CollectRule | null {
  const contentType = headerValue(response.headers, "content-type");
  if (contentType?.startsWith("application/json") !== true) return null;
  const { framing } = response;
  if (framing.kind === "none" || (framing.kind === "length" && framing.sizeBytes > HELD_BYTES)) return null;
  if (framing.kind === "length") return { limitBytes: HELD_BYTES, accepts: () => true };
  const isEncoded = headerValue(response.headers, "content-encoding") !== undefined;
  const mayBeStream = dialect.finishRequiredIn.includes("json-array");
  return { limitBytes: HELD_BYTES, accepts: (first) => (isEncoded ? !mayBeStream : first[0] === OPEN_BRACE) };
}
