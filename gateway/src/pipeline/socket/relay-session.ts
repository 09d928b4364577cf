import type { ExchangeOutcome } from "../../core/exchange.ts";
import type { Watched } from "../../core/deadline-wheel.ts";
import { findSessionDialect } from "../../dialects/session-dialects.ts";
import type { RawConnection } from "../../http1/raw-connection.ts";
import { openSessionTap, type SessionReading, type SessionTap } from "../../streaming/session-tap.ts";
import { NO_CLOSE_CODE, readClosePayload } from "../../websocket/close-payload.ts";
import { readHandshake } from "../../websocket/handshake.ts";
import { closeCode, WebSocketError } from "../../websocket/websocket-error.ts";
import type { Answer } from "../answer.ts";
import type { Admitted } from "../authenticate.ts";
import type { Exchange } from "../exchange.ts";
import { addGatewayFields } from "../gateway-fields.ts";
import { recordAttempt } from "../record-attempt.ts";
import { switchFields } from "./answer-handshake.ts";
import { type DirectionOwner, SessionDirection } from "./session-direction.ts";
import { SessionLog } from "./session-log.ts";

/**
 * The ending of a WebSocket: opens the client's side, passes frames both ways until both sides have closed, and appends one record
 * before the last close frame leaves.
 *
 * A side that goes without a close frame makes the gateway send one to the other: 1014 to the client, 1011 to the provider; inside a
 * frame, where none may stand, the connection is cut. `timeouts.idle_ms` does not hold: silence is a session's usual state.
 * Resolves when the record was appended.
 */
export function relaySession(exchange: Exchange, resolved: Admitted, answer: Answer): Promise<void> {
  const provider = answer.call.raw as RawConnection;
  const { step } = answer.attempt;
  const { credentialIn } = step.provider.provider.socket ?? {};
  const fields = switchFields(
    readHandshake(exchange.request.head),
    answer.response.headers,
    (protocol) => credentialIn?.([protocol]) != null,
  );
  addGatewayFields(fields, exchange, { logId: answer.attempt.id, step: step.index });
  const client = exchange.request.response.switchProtocols(fields);
  return new Promise((over) => {
    new Session({ exchange, resolved, answer, client, provider, over }).start();
  });
}

interface SessionOptions {
  readonly exchange: Exchange;
  readonly resolved: Admitted;
  readonly answer: Answer;
  readonly client: RawConnection | null;
  readonly provider: RawConnection;
  /** Called when the record was appended. */
  readonly over: () => void;
}

interface SessionEnd {
  readonly outcome: ExchangeOutcome;
  readonly cause: string | null;
}

/** How long a side may take to answer a close, and to close its connection after that. */
const CLOSE_MS = 5000;
/** Codes by which a provider ends a session that went well. */
const GOOD_CODES: ReadonlySet<number> = new Set([closeCode.normal, closeCode.goingAway, NO_CLOSE_CODE]);

class Session implements DirectionOwner, Watched {
  readonly #options: SessionOptions;
  readonly #tap: SessionTap | null;
  readonly #logs: { readonly client: SessionLog; readonly provider: SessionLog } | null;
  #clientBytes = 0;
  #providerBytes = 0;
  #firstByteAtMs: number | null = null;
  #isSettled = false;
  #isClosing = false;
  /** The first close frame of a side, and what it says of the session. */
  #farewell: { readonly code: number; readonly end: SessionEnd } | null = null;
  #directions: readonly SessionDirection[] = [];
  deadlineMs = Number.POSITIVE_INFINITY;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { step } = options.answer.attempt;
    const dialect = step.provider.provider.socket?.dialect;
    this.#tap = dialect === undefined ? null : openSessionTap(findSessionDialect(dialect));
    const limitBytes = options.exchange.gateway.config.logs.max_body_bytes;
    this.#logs = step.log.keepsBodies
      ? { client: new SessionLog(limitBytes), provider: new SessionLog(limitBytes) }
      : null;
  }

  start(): void {
    const { client, provider, exchange, answer } = this.#options;
    if (client === null) {
      this.#settle({ outcome: "client_aborted", cause: "client_gone" });
      provider.terminate();
      return;
    }
    const { config, wheel } = exchange.gateway;
    if (config.timeouts.total_ms > 0) this.deadlineMs = answer.attempt.startedAtMs + config.timeouts.total_ms;
    wheel.watch(this);
    const toProvider = new SessionDirection({ source: client, sink: provider, isFromClient: true, owner: this });
    const toClient = new SessionDirection({ source: provider, sink: client, isFromClient: false, owner: this });
    toProvider.opposite = toClient;
    toClient.opposite = toProvider;
    toProvider.reads = this.#reads(this.#tap?.wantsClient === true);
    toClient.reads = this.#reads(this.#tap !== null);
    this.#directions = [toProvider, toClient];
    client.listen(toProvider);
    provider.listen(toClient);
  }

  received(direction: SessionDirection, sizeBytes: number): void {
    if (direction.isFromClient) this.#clientBytes += sizeBytes;
    else {
      this.#firstByteAtMs ??= this.#options.exchange.gateway.clock.monotonicMs();
      this.#providerBytes += sizeBytes;
    }
  }

  messagePassed(direction: SessionDirection, message: Buffer): void {
    if (this.#isSettled) return;
    if (!direction.isFromClient) {
      if (this.#tap?.fromProvider(message) === true) this.#count(this.#tap.read());
      this.#logs?.provider.add(message);
      return;
    }
    if (this.#tap?.wantsClient === true) this.#tap.fromClient(message);
    this.#logs?.client.add(message);
    direction.reads = this.#reads(this.#tap?.wantsClient === true);
  }

  closeReceived(direction: SessionDirection, frame: Buffer, payload: Buffer): void {
    const code = codeOf(payload);
    if (code === null) {
      this.violated(direction, new WebSocketError(closeCode.protocolError, "a close frame that may not be sent"));
      return;
    }
    const { opposite } = direction;
    this.#farewell ??= { code, end: endBy(direction, code) };
    // The second close frame ends the session, as does one that nobody is left to answer.
    if (opposite.hasSourceClosed || opposite.isSourceGone) this.#settle(this.#farewell.end);
    direction.passClose(frame);
    if (opposite.isSourceGone) opposite.closeSink(code, "");
    this.#finish();
  }

  violated(direction: SessionDirection, fault: WebSocketError): void {
    const { isFromClient, opposite } = direction;
    this.#settle({ outcome: isFromClient ? "client_aborted" : "upstream_broken", cause: "malformed_frames" });
    opposite.closeSink(fault.code, fault.message);
    direction.closeSink(
      isFromClient ? closeCode.internalError : closeCode.badGateway,
      "the other side broke the protocol",
    );
    direction.abandon();
    this.#finish();
  }

  lost(direction: SessionDirection): void {
    const { isFromClient } = direction;
    if (this.#farewell !== null) {
      // Somebody has said goodbye: only the answer to it is missing, which the gateway gives in place of the side that is gone.
      this.#settle(this.#farewell.end);
      direction.closeSink(this.#farewell.code, "");
    } else if (isFromClient) {
      this.#settle({ outcome: "client_aborted", cause: "client_gone" });
      direction.closeSink(closeCode.internalError, "the client's connection was lost");
    } else {
      this.#settle({ outcome: "upstream_broken", cause: "closed_mid_answer" });
      direction.closeSink(closeCode.badGateway, "the provider's connection was lost");
    }
    this.#finish();
  }

  stopping(): void {
    this.#closeBoth({ outcome: "complete", cause: "gateway_stopped" }, "the gateway is shutting down");
  }

  onDeadline(): void {
    if (!this.#isClosing) {
      this.#closeBoth({ outcome: "timeout", cause: "total_timeout" }, "the time for one session is over");
      return;
    }
    this.#settle(this.#farewell?.end ?? { outcome: "complete", cause: null });
    this.#options.client?.terminate();
    this.#options.provider.terminate();
  }

  /** Counts what the session used against its limits, and ends it when one has no room left. */
  #count(reading: SessionReading): void {
    this.#options.answer.attempt.reserved?.progress?.(reading, ({ rule }) => {
      if (this.#isSettled) return;
      this.#settle({ outcome: "complete", cause: `${rule.origin} ${rule.id}` });
      for (const direction of this.#directions) {
        const code = direction.isFromClient ? closeCode.goingAway : closeCode.policyViolation;
        direction.closeSink(code, `${rule.origin.replace("_", " ")} "${rule.id}" is used up`);
      }
      this.#finish();
    });
  }

  /** Which messages of a direction to read. @param isTapped whether they may tell usage or model. */
  #reads(isTapped: boolean): SessionDirection["reads"] {
    if (this.#logs === null && !isTapped) return "nothing";
    return this.#tap?.hasBinaryJson === true ? "all" : "text";
  }

  #closeBoth(end: SessionEnd, reason: string): void {
    this.#settle(end);
    for (const direction of this.#directions) direction.closeSink(closeCode.goingAway, reason);
    this.#finish();
  }

  /** Ends connections whose sides have both said goodbye, and puts those that still owe an answer on the clock. */
  #finish(): void {
    const { wheel, clock } = this.#options.exchange.gateway;
    for (const { source, opposite, hasSourceClosed } of this.#directions) {
      if (hasSourceClosed && opposite.isSinkClosed) source.end();
    }
    if (this.#directions.every(({ isSourceGone }) => isSourceGone)) wheel.unwatch(this);
    else if (!this.#isClosing) {
      this.#isClosing = true;
      this.deadlineMs = clock.monotonicMs() + CLOSE_MS;
      wheel.watch(this);
    }
  }

  /** Appends the record; only the first ending counts. */
  #settle({ outcome, cause }: SessionEnd): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const { exchange, resolved, answer } = this.#options;
    const reading = this.#tap?.read() ?? { usage: null, model: null };
    recordAttempt(exchange, resolved, {
      attempt: answer.attempt,
      result: {
        outcome,
        cause,
        statusCode: answer.response.status,
        isProviderStatus: true,
        errorCode: null,
        responseHeaders: answer.response.headers,
        responseSizeBytes: this.#providerBytes,
        responseBody: this.#logs?.provider.snapshot() ?? null,
        firstByteAtMs: this.#firstByteAtMs,
        usage: reading.usage,
        isUsageEstimated: false,
        model: reading.model,
        sent: { sizeBytes: this.#clientBytes, body: this.#logs?.client.snapshot() ?? null },
      },
    });
    this.#options.over();
  }
}

/** How a session ended that the source of `direction` closed. */
function endBy({ isFromClient }: SessionDirection, code: number): SessionEnd {
  if (isFromClient || GOOD_CODES.has(code)) return { outcome: "complete", cause: null };
  return { outcome: "error_in_answer", cause: `close_${code}` };
}

/** The code of a close frame; null for a frame that may not be sent. */
function codeOf(payload: Buffer): number | null {
  try {
    return readClosePayload(payload).code;
  } catch {
    return null;
  }
}
