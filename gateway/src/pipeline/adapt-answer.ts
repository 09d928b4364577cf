import { headerValues, type HeaderList, withHeader, withoutHeaders } from "../core/header-list.ts";
import { jsonSpan } from "../core/json-span.ts";
import type { UpstreamResponse } from "../http1/upstream-call.ts";
import { contentCodings, decodeBody } from "../streaming/decode-body.ts";
import { COMPAT, type Resolved } from "./resolve.ts";

/** An answer in the form its client expects. */
export interface AdaptedAnswer {
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** Puts a whole answer into the form its client expects; null when it cannot be read. */
export type AdaptAnswer = (headers: HeaderList, body: Buffer) => AdaptedAnswer | null;

/** Largest answer that is put into another form. */
export const MAX_ADAPTED_BYTES = 32 * 1024 * 1024;
const JSON_TYPE = "application/json";

/**
 * How the answer of a model that was run by its name is put into the form its client expects (reference §1.8, §1.10, §16.2): bindings
 * want the result bare and its media type without parameters, the REST address wants it in the envelope. Null for everything else:
 * streams, bytes that are no JSON, errors, and what already is in its form.
 */
export function answerAdapter({ run, providerSlug }: Resolved, response: UpstreamResponse): AdaptAnswer | null {
  if (run === null || (!run.isBinding && providerSlug !== COMPAT)) return null;
  if (response.status < 200 || response.status > 299 || response.framing.kind === "none") return null;
  if (headerValues(response.headers, "content-type")[0]?.startsWith(JSON_TYPE) !== true) return null;
  const change = run.isBinding ? resultOf : envelopeOf;
  return (headers, coded) => {
    const body = decodeBody(coded, contentCodings(headerValues(headers, "content-encoding")), MAX_ADAPTED_BYTES);
    if (body === null) return null;
    const plain = withoutHeaders(headers, (name) => name === "content-encoding" || name === "content-length");
    return { headers: withHeader(plain, "content-type", JSON_TYPE), body: change(body) };
  };
}

/** The result in an envelope; a body that is none stays. */
function resultOf(body: Buffer): Buffer {
  const result = jsonSpan(body, ["result"]);
  return result === null || !isEnvelope(body) ? body : body.subarray(result.start, result.end);
}

/** The body in an envelope; one that is in an envelope already stays. */
function envelopeOf(body: Buffer): Buffer {
  if (isEnvelope(body)) return body;
  return Buffer.concat([Buffer.from('{"result":'), body, Buffer.from(',"success":true,"errors":[],"messages":[]}')]);
}

function isEnvelope(body: Buffer): boolean {
  return jsonSpan(body, ["success"]) !== null && jsonSpan(body, ["errors"]) !== null;
}
