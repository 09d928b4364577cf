import type { ExchangeOutcome } from "../core/exchange.ts";
import { headerValue } from "../core/header-list.ts";
import { findDialect } from "../dialects/registry.ts";
import type { BodyFraming } from "../http1/body-framing.ts";
import { relayBody } from "../http1/relay-body.ts";
import type { ResponseFraming } from "../http1/response-writer.ts";
import { openAnswerTap } from "../streaming/answer-tap.ts";
import type { Answer } from "./attempt.ts";
import type { Exchange } from "./exchange.ts";
import { responseFieldsToForward } from "./forward-headers.ts";
import { gatewayFields } from "./gateway-fields.ts";
import { startKeepAlive } from "./keep-alive.ts";
import { recordAttempt } from "./record-attempt.ts";
import type { Resolved } from "./resolve.ts";

/**
 * Stage 5, the one ending of every answer: passes the provider's bytes on as they come, reads usage from them in passing,
 * and appends the record once, before the last byte leaves. Resolves when the exchange is over.
 */
export function deliver(exchange: Exchange, resolved: Resolved, answer: Answer): Promise<void> {
  const { attempt, call, response } = answer;
  const { clock } = exchange.gateway;
  const writer = exchange.request.response;
  const dialect = findDialect(attempt.step.upstream.dialect);
  const tap = openAnswerTap({ dialect, status: response.status, headers: response.headers });
  writer.head(
    response.status,
    [
      ...responseFieldsToForward(response.headers),
      ...gatewayFields(exchange, { logId: attempt.id, step: attempt.step.index }),
    ],
    clientFraming(response.framing, exchange.request.head.isHttp10),
  );
  const isEventStream = headerValue(response.headers, "content-type")?.startsWith("text/event-stream") === true;
  const keepAlive = startKeepAlive(exchange.gateway, { response: writer, tap, isEventStream });
  let firstByteAtMs: number | null = null;
  let responseSizeBytes = 0;

  return new Promise((resolve) => {
    const settle = (ending: { outcome: ExchangeOutcome; cause: string | null } | null): void => {
      keepAlive.stop();
      const reading = tap.finish();
      const read = readEnding(reading.ending);
      recordAttempt(exchange, resolved, {
        attempt,
        result: {
          ...(ending ?? read),
          statusCode: response.status,
          isProviderStatus: true,
          errorCode: null,
          responseHeaders: response.headers,
          responseSizeBytes,
          firstByteAtMs,
          usage: reading.usage,
          model: reading.model,
        },
      });
      resolve();
    };
    relayBody(
      { call, response: writer, clock },
      {
        chunk(chunk) {
          firstByteAtMs ??= clock.monotonicMs();
          responseSizeBytes += chunk.length;
          tap.observe(chunk);
          keepAlive.touch();
        },
        ended: () => settle(null),
        broken(failure) {
          const event =
            tap.atEventBorder && writer.takesExtraBytes
              ? dialect.streamErrorEvent({
                  code: 2005,
                  status: 502,
                  message: `The provider broke off: ${failure.message}`,
                })
              : null;
          settle({ outcome: failure.isTimeout ? "timeout" : "upstream_broken", cause: failure.reason });
          if (event !== null) writer.write(Buffer.from(event));
          writer.break();
        },
        clientGone: () => settle({ outcome: "client_aborted", cause: "client_gone" }),
      },
    );
  });
}

function readEnding(ending: "complete" | "truncated" | "error"): { outcome: ExchangeOutcome; cause: string | null } {
  if (ending === "complete") return { outcome: "complete", cause: null };
  if (ending === "truncated") return { outcome: "truncated", cause: "no_finish_marker" };
  return { outcome: "error_in_answer", cause: "error_in_answer" };
}

function clientFraming(framing: BodyFraming, isHttp10: boolean): ResponseFraming {
  if (framing.kind === "none" || framing.kind === "length") return framing.kind;
  return isHttp10 ? "close" : "chunked";
}
