import { errorCatalogue, type GatewayError } from "../../core/errors.ts";
import { headerValue, headerValues, type HeaderList } from "../../core/header-list.ts";
import type { RawConnection } from "../../http1/raw-connection.ts";
import type { ResponseListener, ResponseSink } from "../../http1/response-sink.ts";
import type { CollectedBytes } from "../../streaming/byte-collector.ts";
import { contentCodings, decodeBody } from "../../streaming/decode-body.ts";
import { parseSseEvent } from "../../streaming/parse-sse-event.ts";
import { openSseScanner, type SseScanner } from "../../streaming/sse-scanner.ts";
import { PayloadStore } from "../../websocket/payload-store.ts";
import {
  type AnswerMetadata,
  answerMessage,
  answerMetadata,
  asJson,
  createdMessage,
  doneMessage,
  errorMessage,
  eventMessage,
} from "./universal-messages.ts";

/** The socket an answer goes to. */
export interface AnswerSocket {
  /** Sends one text message. */
  say(message: string): void;
  /** @returns false while the client is slow. */
  flush(): boolean;
  readonly isBlocked: boolean;
  /** Sets memory aside until `answered`. @returns false when the socket has too much set aside. */
  hold(answer: UniversalAnswer, sizeBytes: number): boolean;
  /** The answer is over, however it ended. */
  answered(answer: UniversalAnswer): void;
}

/** Largest answer, or event of one, that is put into a message. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const NOBODY: ResponseListener = { drained: () => {}, clientGone: () => {} };
const TEXT_TYPE = /^(?:text\/|application\/(?:[\w.+-]+\+)?(?:json|xml)|application\/x-ndjson)/i;

/** One answer as messages of a socket: whole in one, or event by event (reference §1.9). */
export class UniversalAnswer implements ResponseSink {
  readonly eventId: string;
  readonly #socket: AnswerSocket;
  #metadata: AnswerMetadata | null = null;
  #scanner: SseScanner | null = null;
  readonly #body = new PayloadStore();
  #codings: readonly string[] = [];
  /** Bytes set aside for the request and for what came of the answer. */
  heldBytes = 0;
  isOver = false;
  listener: ResponseListener = NOBODY;

  constructor(eventId: string, socket: AnswerSocket) {
    this.eventId = eventId;
    this.#socket = socket;
  }

  get isHeadSent(): boolean {
    return this.#metadata !== null;
  }

  get isBlocked(): boolean {
    return this.#socket.isBlocked;
  }

  get takesExtraBytes(): boolean {
    return this.#scanner !== null;
  }

  head(status: number, headers: HeaderList): void {
    if (this.isOver || this.#metadata !== null) return;
    this.#metadata = answerMetadata(this.eventId, status, headers);
    this.#codings = contentCodings(headerValues(headers, "content-encoding"));
    const isStream = headerValue(headers, "content-type")?.startsWith("text/event-stream") === true;
    if (!isStream || this.#codings.length > 0) return;
    this.#scanner = openSseScanner((event) => this.#tell(event), { maxBytes: MAX_ANSWER_BYTES, windowBytes: 0 });
    this.#socket.say(createdMessage(this.#metadata));
  }

  write(chunk: Buffer): void {
    if (this.isOver) return;
    if (this.#scanner !== null) this.#scanner.push(chunk);
    else if (this.#body.sizeBytes + chunk.length > MAX_ANSWER_BYTES) {
      this.#giveUp(`the answer has over ${MAX_ANSWER_BYTES} bytes, which is too large for a message`);
    } else if (this.#socket.hold(this, chunk.length)) this.#body.add(chunk);
    else this.#giveUp("the answers under way on this socket take too much memory");
  }

  flush(): boolean {
    return this.#socket.flush();
  }

  end(): void {
    if (this.isOver || this.#metadata === null) return;
    if (this.#scanner === null) this.#sayWhole(this.#metadata);
    else {
      this.#scanner.end();
      this.#socket.say(doneMessage(this.#metadata));
    }
    this.#finish();
  }

  break(): void {
    this.#fail(errorCatalogue.upstreamFailed);
  }

  refused(error: GatewayError): void {
    this.#fail({ code: error.definition.code, message: error.message });
  }

  switchProtocols(): RawConnection | null {
    return null;
  }

  /** The client has left, or wants no more of it. */
  leave(): void {
    if (this.isOver) return;
    this.#finish();
    this.listener.clientGone();
  }

  #sayWhole(metadata: AnswerMetadata): void {
    const bytes = decodeBody(this.#body.take(), this.#codings, MAX_ANSWER_BYTES);
    if (bytes === null)
      this.#socket.say(errorMessage(this.eventId, { code: 2005, message: "The answer cannot be decoded" }));
    else if (bytes.length === 0) this.#socket.say(answerMessage(metadata, "null"));
    else if (TEXT_TYPE.test(metadata.contentType))
      this.#socket.say(answerMessage(metadata, asJson(bytes.toString("utf8"))));
    else this.#socket.say(answerMessage(metadata, JSON.stringify(bytes.toString("base64"))));
  }

  #tell(event: CollectedBytes): void {
    if (!event.isWhole) {
      this.#giveUp(`an event of the answer has over ${MAX_ANSWER_BYTES} bytes, which is too large for a message`);
      return;
    }
    const fields = parseSseEvent(event.head);
    if (fields === null || fields.data.trim() === "[DONE]") return;
    this.#socket.say(eventMessage(this.eventId, asJson(fields.data)));
  }

  #giveUp(message: string): void {
    if (this.isOver) return;
    this.#socket.say(errorMessage(this.eventId, { code: errorCatalogue.upstreamFailed.code, message }));
    this.leave();
  }

  #fail(error: { readonly code: number; readonly message: string }): void {
    if (this.isOver) return;
    this.#socket.say(errorMessage(this.eventId, error));
    this.#finish();
  }

  #finish(): void {
    this.isOver = true;
    this.#scanner = null;
    this.#socket.flush();
    this.#socket.answered(this);
  }
}
