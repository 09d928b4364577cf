import { eventBorders } from "../../support/event-borders.ts";
import { bodyBytes } from "../../support/recordings.ts";
import type { RecordedExchange } from "../../support/recordings.ts";
import type { VendorAnswer } from "./vendor-upstream.ts";

/** The answer of an exchange, in one piece. */
export function answerOf(exchange: RecordedExchange): VendorAnswer {
  return { ...headOf(exchange), pieces: [bodyBytes(exchange.response)] };
}

/**
 * The streamed answer of an exchange, one piece per event, the first `heldAfterEvents` events in one.
 * The rest waits for `gate`.
 */
export function streamOf(exchange: RecordedExchange, heldAfterEvents: number, gate: Promise<void>): VendorAnswer {
  const body = bodyBytes(exchange.response);
  const borders = eventBorders(body, exchange.response.headers["content-type"] ?? "");
  const pieces = borders.map((border, index) => body.subarray(borders[index - 1] ?? 0, border));
  const first = Buffer.concat(pieces.slice(0, heldAfterEvents));
  return { ...headOf(exchange), pieces: [first, ...pieces.slice(heldAfterEvents)], gate };
}

/** A JSON answer. */
export function jsonAnswer(status: number, value: unknown): VendorAnswer {
  return { status, headers: { "content-type": "application/json" }, pieces: [JSON.stringify(value)] };
}

function headOf(exchange: RecordedExchange): Pick<VendorAnswer, "status" | "headers"> {
  const { status, headers } = exchange.response;
  // Lengths are those of the recorded wire; bodies were kept decoded.
  const kept = Object.entries(headers).filter(
    ([name]) => !/^(?:content-length|content-encoding|transfer-encoding|connection|set-cookie)$/i.test(name),
  );
  return { status, headers: Object.fromEntries(kept) };
}
