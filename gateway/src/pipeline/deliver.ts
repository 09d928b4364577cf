import { GatewayError } from "../core/errors.ts";
import type { ExchangeOutcome, ExchangeRecord } from "../core/exchange.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { findDialect } from "../dialects/registry.ts";
import type { BodyFraming } from "../http1/body-framing.ts";
import { collectAnswer, type CollectRule } from "../http1/collect-answer.ts";
import { relayBody, type RelayHooks } from "../http1/relay-body.ts";
import type { ResponseFraming } from "../http1/response-sink.ts";
import type { UpstreamFailure } from "../http1/upstream-failure.ts";
import { type AnswerTap, openAnswerTap } from "../streaming/answer-tap.ts";
import { type AdaptAnswer, answerAdapter, MAX_ADAPTED_BYTES } from "./adapt-answer.ts";
import type { AnswerLead } from "./answer-lead.ts";
import type { Answer } from "./answer.ts";
import type { Admitted } from "./authenticate.ts";
import { type Exchange, goesOn } from "./exchange.ts";
import { responseFieldsToForward } from "./forward-headers.ts";
import { addGatewayFields, addUsageFields } from "./gateway-fields.ts";
import { holdRule } from "./hold-rule.ts";
import { BodyKeeper } from "./keep-body.ts";
import { cutUsage } from "./cut-usage.ts";
import { type KeepAlive, startKeepAlive } from "./keep-alive.ts";
import { recordAttempt } from "./record-attempt.ts";

/**
 * The ending of an answer that comes from a provider: passes the provider's bytes on as they come, reads usage from them in passing,
 * and appends the record once, before the last byte leaves. A small JSON answer that is not streamed leaves in one piece.
 * Resolves when the exchange is over.
 * @throws GatewayError upstreamFailed or upstreamTimeout when such an answer breaks off before any of it was sent.
 */
export async function deliver(exchange: Exchange, resolved: Admitted, answer: Answer): Promise<void> {
  const delivery = new Delivery({ exchange, resolved, answer });
  const adapt = answerAdapter(resolved, answer.response);
  const rule =
    adapt === null ? holdRule(answer.response, findDialect(answer.attempt.step.upstream.dialect)) : ADAPTED_WHOLE;
  const pieces = rule === null ? null : (answer.call.takeWhole() ?? (await delivery.collect(rule)));
  if (delivery.isSettled) return;
  if (pieces !== null && exchange.isClientGone) delivery.leftWith(pieces);
  else if (pieces !== null) delivery.sendWhole(pieces, adapt);
  else if (adapt === null) await delivery.relay();
  else delivery.refuseUnadapted("answer_too_large");
}

/** An answer that is put into another form is needed whole. */
const ADAPTED_WHOLE: CollectRule = { limitBytes: MAX_ADAPTED_BYTES, accepts: () => true };

interface DeliveryOptions {
  readonly exchange: Exchange;
  readonly resolved: Admitted;
  readonly answer: Answer;
}

/** Watches one answer pass and settles it. */
class Delivery implements RelayHooks {
  readonly #options: DeliveryOptions;
  readonly #dialect: Dialect;
  readonly #tap: AnswerTap;
  readonly #lead: AnswerLead | null;
  #keepAlive: KeepAlive | null = null;
  readonly #keeper: BodyKeeper | null;
  /** True once the record was appended. */
  isSettled = false;
  #over: () => void = () => {};
  #firstByteAtMs: number | null = null;
  #responseSizeBytes = 0;

  constructor(options: DeliveryOptions) {
    const { exchange, answer } = options;
    const { status, headers } = answer.response;
    this.#options = options;
    const { lead } = exchange;
    this.#lead = lead?.step === answer.attempt.step ? lead : null;
    this.#lead?.begin(answer.response);
    this.#dialect = findDialect(answer.attempt.step.upstream.dialect);
    this.#tap = openAnswerTap({ dialect: this.#dialect, status, headers });
    const isKept = answer.attempt.step.log.keepsBodies;
    this.#keeper = isKept ? new BodyKeeper(exchange.gateway.config.logs.max_body_bytes) : null;
  }

  /** Waits for the whole of an answer that may be held; null when it turns out to be one that may not, or its client left. */
  async collect(rule: CollectRule): Promise<readonly Buffer[] | null> {
    const { exchange, answer } = this.#options;
    const collected = await collectAnswer(answer.call, rule);
    if (collected.kind === "whole") return collected.pieces;
    if (collected.kind === "unsuitable") return null;
    const { failure } = collected;
    for (const piece of collected.pieces) this.chunk(piece);
    if (failure.reason === "aborted") {
      this.clientGone();
      return null;
    }
    this.#settle({ outcome: failure.isTimeout ? "timeout" : "upstream_broken", cause: failure.reason });
    throw new GatewayError(failure.isTimeout ? "upstreamTimeout" : "upstreamFailed", {
      cause: failure.reason,
      explanation: failure.message,
      upstreamStatus: answer.response.status,
      attempts: exchange.attempts,
    });
  }

  /** Ends a delivery whose client left when its answer was at hand. */
  leftWith(pieces: readonly Buffer[]): void {
    for (const piece of pieces) this.chunk(piece);
    this.clientGone();
  }

  /** Sends an answer that is at hand, with what it used and cost in its head, in another form where one is asked for. */
  sendWhole(pieces: readonly Buffer[], adapt: AdaptAnswer | null): void {
    const { exchange, answer } = this.#options;
    const writer = exchange.request.response;
    for (const piece of pieces) this.chunk(piece);
    const adapted = adapt === null ? null : adapt(this.#fields(), Buffer.concat(pieces));
    if (adapt !== null && adapted === null) return this.refuseUnadapted("undecodable_answer");
    const record = this.#settle(null);
    const sizeBytes = adapted?.body.length ?? this.#responseSizeBytes;
    const fields = [...(adapted?.headers ?? this.#fields())];
    addUsageFields(fields, record, exchange);
    if (headerValue(fields, "content-length") === undefined) fields.push("content-length", String(sizeBytes));
    writer.head(answer.response.status, fields, "length");
    for (const piece of adapted === null ? pieces : [adapted.body]) writer.write(piece);
    writer.end();
  }

  /** @throws GatewayError upstreamFailed: the answer cannot be put into the form its client expects. */
  refuseUnadapted(cause: string): void {
    const { exchange, answer } = this.#options;
    answer.call.abort();
    this.#settle({ outcome: "upstream_failed", cause });
    throw new GatewayError("upstreamFailed", {
      cause,
      upstreamStatus: answer.response.status,
      attempts: exchange.attempts,
    });
  }

  /** Passes an answer on as it comes. */
  relay(): Promise<void> {
    const { exchange, answer } = this.#options;
    const { call, response } = answer;
    const writer = exchange.request.response;
    writer.head(response.status, this.#fields(), clientFraming(response.framing, exchange.request.head.isHttp10));
    const isEventStream = headerValue(response.headers, "content-type")?.startsWith("text/event-stream") === true;
    this.#keepAlive = startKeepAlive(exchange.gateway, { response: writer, tap: this.#tap, isEventStream });
    return new Promise((over) => {
      this.#over = over;
      relayBody({ call, response: writer, clock: exchange.gateway.clock }, this);
    });
  }

  chunk(chunk: Buffer): void {
    this.#firstByteAtMs ??= this.#options.exchange.gateway.clock.monotonicMs();
    this.#responseSizeBytes += chunk.length;
    this.#tap.observe(chunk);
    this.#keeper?.add(chunk);
    this.#lead?.add(chunk);
    this.#keepAlive?.touch();
  }

  ended(): HeaderList {
    const { exchange, answer } = this.#options;
    const canTell = this.#tap.atEventBorder;
    const record = this.#settle(null);
    if (!answer.attempt.step.log.tellsUsage) return [];
    const writer = exchange.request.response;
    const fields: string[] = [];
    addUsageFields(fields, record, exchange);
    if (canTell && writer.takesExtraBytes) writer.write(usageComment(fields));
    const takesTrailers = headerValue(exchange.request.head.headers, "te")?.includes("trailers") === true;
    return takesTrailers ? fields : [];
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
    this.#settle(CLIENT_GONE);
  }

  isWantedElsewhere(): boolean {
    return this.#lead?.isFollowed === true;
  }

  goesOn(): boolean {
    return goesOn(this.#options.exchange);
  }

  #fields(): string[] {
    const { exchange, answer } = this.#options;
    const fields = responseFieldsToForward(answer.response.headers);
    addGatewayFields(fields, exchange, { logId: answer.attempt.id, step: answer.attempt.step.index });
    return fields;
  }

  #settle(ending: { outcome: ExchangeOutcome; cause: string | null } | null): ExchangeRecord {
    const { exchange, resolved, answer } = this.#options;
    this.#keepAlive?.stop();
    const reading = this.#tap.finish();
    const kept = this.#keeper?.snapshot(headerValue(answer.response.headers, "content-encoding") ?? null) ?? null;
    const isCut = ending !== null;
    const { usage, isEstimated } = isCut
      ? cutUsage(answer, { told: reading.usage, kept, sizeBytes: this.#responseSizeBytes })
      : { usage: reading.usage, isEstimated: false };
    const told = ending ?? readEnding(reading.ending);
    const { outcome, cause } = exchange.isDetached ? CLIENT_GONE : told;
    const record = recordAttempt(exchange, resolved, {
      attempt: answer.attempt,
      result: {
        outcome,
        cause,
        statusCode: answer.response.status,
        isProviderStatus: true,
        errorCode: null,
        responseHeaders: answer.response.headers,
        responseSizeBytes: this.#responseSizeBytes,
        responseBody: kept,
        isUsageEstimated: isEstimated,
        firstByteAtMs: this.#firstByteAtMs,
        usage,
        model: reading.model,
      },
    });
    this.#lead?.settle(told.outcome, record);
    this.isSettled = true;
    this.#over();
    return record;
  }
}

const CLIENT_GONE = { outcome: "client_aborted", cause: "client_gone" } as const;

/** The same facts as a comment that ends an event stream; readers of events pass over it. */
function usageComment(fields: HeaderList): Buffer {
  const told: Record<string, string> = {};
  for (let index = 0; index < fields.length; index += 2) told[fields[index] as string] = fields[index + 1] as string;
  return Buffer.from(`: cf-aig-usage ${JSON.stringify(told)}\n\n`);
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
