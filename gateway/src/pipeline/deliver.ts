import type { ExchangeOutcome } from "../core/exchange.ts";
import { headerValue } from "../core/header-list.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { findDialect } from "../dialects/registry.ts";
import type { BodyFraming } from "../http1/body-framing.ts";
import { relayBody, type RelayHooks } from "../http1/relay-body.ts";
import type { ResponseFraming } from "../http1/response-writer.ts";
import type { UpstreamFailure } from "../http1/upstream-failure.ts";
import { type AnswerTap, openAnswerTap } from "../streaming/answer-tap.ts";
import type { Answer } from "./attempt.ts";
import type { Exchange } from "./exchange.ts";
import { responseFieldsToForward } from "./forward-headers.ts";
import { addGatewayFields } from "./gateway-fields.ts";
import { type KeepAlive, startKeepAlive } from "./keep-alive.ts";
import { recordAttempt } from "./record-attempt.ts";
import type { Resolved } from "./resolve.ts";

/**
 * Stage 5, the one ending of every answer: passes the provider's bytes on as they come, reads usage from them in passing,
 * and appends the record once, before the last byte leaves. Resolves when the exchange is over.
 */
export function deliver(exchange: Exchange, resolved: Resolved, answer: Answer): Promise<void> {
  const { attempt, call, response } = answer;
  const writer = exchange.request.response;
  const fields = responseFieldsToForward(response.headers);
  addGatewayFields(fields, exchange, { logId: attempt.id, step: attempt.step.index });
  writer.head(response.status, fields, clientFraming(response.framing, exchange.request.head.isHttp10));
  return new Promise((over) => {
    const delivery = new Delivery({ exchange, resolved, answer, over });
    relayBody({ call, response: writer, clock: exchange.gateway.clock }, delivery);
  });
}

interface DeliveryOptions {
  readonly exchange: Exchange;
  readonly resolved: Resolved;
  readonly answer: Answer;
  readonly over: () => void;
}

/** Watches one answer pass and settles it. */
class Delivery implements RelayHooks {
  readonly #options: DeliveryOptions;
  readonly #dialect: Dialect;
  readonly #tap: AnswerTap;
  readonly #keepAlive: KeepAlive;
  #firstByteAtMs: number | null = null;
  #responseSizeBytes = 0;

  constructor(options: DeliveryOptions) {
    const { exchange, answer } = options;
    const { status, headers } = answer.response;
    this.#options = options;
    this.#dialect = findDialect(answer.attempt.step.upstream.dialect);
    this.#tap = openAnswerTap({ dialect: this.#dialect, status, headers });
    const isEventStream = headerValue(headers, "content-type")?.startsWith("text/event-stream") === true;
    const stream = { response: exchange.request.response, tap: this.#tap, isEventStream };
    this.#keepAlive = startKeepAlive(exchange.gateway, stream);
  }

  chunk(chunk: Buffer): void {
    this.#firstByteAtMs ??= this.#options.exchange.gateway.clock.monotonicMs();
    this.#responseSizeBytes += chunk.length;
    this.#tap.observe(chunk);
    this.#keepAlive.touch();
  }

  ended(): void {
    this.#settle(null);
  }

  broken(failure: UpstreamFailure): void {
    const writer = this.#options.exchange.request.response;
    const message = `The provider broke off: ${failure.message}`;
    const mayTell = this.#tap.atEventBorder && writer.takesExtraBytes;
    const event = mayTell ? this.#dialect.streamErrorEvent({ code: 2005, status: 502, message }) : null;
    this.#settle({ outcome: failure.isTimeout ? "timeout" : "upstream_broken", cause: failure.reason });
    if (event !== null) writer.write(Buffer.from(event));
    writer.break();
  }

  clientGone(): void {
    this.#settle({ outcome: "client_aborted", cause: "client_gone" });
  }

  #settle(ending: { outcome: ExchangeOutcome; cause: string | null } | null): void {
    const { exchange, resolved, answer, over } = this.#options;
    this.#keepAlive.stop();
    const reading = this.#tap.finish();
    const { outcome, cause } = ending ?? readEnding(reading.ending);
    recordAttempt(exchange, resolved, {
      attempt: answer.attempt,
      result: {
        outcome,
        cause,
        statusCode: answer.response.status,
        isProviderStatus: true,
        errorCode: null,
        responseHeaders: answer.response.headers,
        responseSizeBytes: this.#responseSizeBytes,
        firstByteAtMs: this.#firstByteAtMs,
        usage: reading.usage,
        model: reading.model,
      },
    });
    over();
  }
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
