import type { BodySnapshot } from "../core/exchange.ts";
import { headerValue, headerValues } from "../core/header-list.ts";
import type { TokenUsage } from "../core/usage.ts";
import { type CutUsage, estimateCutUsage } from "../prices/estimate-cut-usage.ts";
import { contentCodings } from "../streaming/decode-body.ts";
import type { Answer } from "./answer.ts";

/** What came of an answer before it was cut. */
interface CutBody {
  /** Usage the provider had told until then. */
  readonly told: TokenUsage | null;
  readonly kept: BodySnapshot | null;
  readonly sizeBytes: number;
}

/** The request's body as far as it can be counted: at hand, or kept whole while it streamed, and without content coding. */
function requestBytes({ attempt }: Answer): Buffer | null {
  const { body, requestKeeper } = attempt.step;
  if (Buffer.isBuffer(body)) return body;
  const kept = requestKeeper?.snapshot(null) ?? null;
  return kept !== null && kept.isComplete ? Buffer.concat(kept.pieces as Buffer[]) : null;
}

/** The usage of an answer that was cut: what the provider told of it, and for the rest a count of the texts. */
export function cutUsage(answer: Answer, { told, kept, sizeBytes }: CutBody): CutUsage {
  const { step } = answer.attempt;
  const { status, headers } = answer.response;
  if (status < 200 || status > 299) return { usage: told, isEstimated: false };
  const contentType = headerValue(headers, "content-type") ?? "";
  return estimateCutUsage({
    dialect: step.upstream.dialect,
    told,
    request: requestBytes(answer),
    answer: {
      pieces: kept?.pieces ?? [],
      mediaType: (contentType.split(";", 1)[0] ?? "").trim().toLowerCase(),
      codings: contentCodings(headerValues(headers, "content-encoding")),
    },
    answerSizeBytes: sizeBytes,
  });
}
