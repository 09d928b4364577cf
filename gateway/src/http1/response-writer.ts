import type { HeaderList } from "../core/header-list.ts";
import type { RawConnection } from "./raw-connection.ts";
import type { ResponseFraming, ResponseListener, ResponseSink } from "./response-sink.ts";
import { serializeLastChunk, serializeResponseHead } from "./serialize-head.ts";
import type { SocketWriter } from "./socket-writer.ts";

/** What the connection does for its current answer. */
export interface ResponseOwner {
  /** Whether the connection ends after this answer; the head then says so. */
  readonly closesAfterAnswer: boolean;
  /** The answer is whole and handed to the kernel or queued; `isCloseAnnounced` when its head said the connection ends. */
  answerEnded(isCloseAnnounced: boolean): void;
  /**
   * The answer cannot be completed: the connection must end in a way the client cannot take for a clean end.
   * `needsReset` is true when closing alone would look like one.
   */
  answerBroken(needsReset: boolean): void;
  /** The kernel takes no more bytes for now. */
  writingBlocked(): void;
  /** The head of a 101 was gathered: from here on the connection speaks another protocol. */
  takeOver(): RawConnection;
}

const NOBODY: ResponseListener = { drained: () => {}, clientGone: () => {} };
const CRLF = "\r\n";
const LAST_CHUNK = "0\r\n\r\n";

/** Writes one answer: head, body, end, each once and in that order; or breaks it off. */
export class ResponseWriter implements ResponseSink {
  readonly #writer: SocketWriter;
  readonly #owner: ResponseOwner;
  #framing: ResponseFraming = "none";
  #state: "open" | "head" | "over" = "open";
  #isCloseAnnounced = false;
  /** Body bytes given so far, framing not counted. */
  bodyBytes = 0;
  /** Who is told how the client takes the answer; replaced as the exchange moves on. */
  listener: ResponseListener = NOBODY;

  constructor(writer: SocketWriter, owner: ResponseOwner) {
    this.#writer = writer;
    this.#owner = owner;
  }

  /** True once a head was given: no other answer can be sent. */
  get isHeadSent(): boolean {
    return this.#state !== "open";
  }

  /** True once the answer ended, broke or lost its client. */
  get isOver(): boolean {
    return this.#state === "over";
  }

  /** True while bytes wait for a client that reads slowly. */
  get isBlocked(): boolean {
    return this.#writer.pendingBytes > 0;
  }

  /** Whether bytes that the provider did not announce, such as an event of the gateway's own, may follow the body so far. */
  get takesExtraBytes(): boolean {
    return this.#framing === "chunked" || this.#framing === "close";
  }

  /** Gives the head. `headers` are complete but for the framing fields this adds: `transfer-encoding`, `connection`. */
  head(status: number, headers: HeaderList, framing: ResponseFraming): void {
    if (this.#state !== "open") return;
    this.#state = "head";
    this.#framing = framing;
    this.#isCloseAnnounced = framing === "close" || this.#owner.closesAfterAnswer;
    const framingLine = framing === "chunked" ? "transfer-encoding: chunked\r\n" : "";
    const closeLine = this.#isCloseAnnounced ? "connection: close\r\n" : "";
    this.#writer.gather(serializeResponseHead(status, headers, framingLine + closeLine));
  }

  /** Gathers body bytes; `flush` sends them. Ignored once the answer is over. */
  write(chunk: Buffer): void {
    if (this.#state !== "head" || this.#framing === "none" || chunk.length === 0) return;
    this.bodyBytes += chunk.length;
    if (this.#framing !== "chunked") {
      this.#writer.gather(chunk);
      return;
    }
    this.#writer.gather(`${chunk.length.toString(16)}\r\n`);
    this.#writer.gather(chunk);
    this.#writer.gather(CRLF);
  }

  /** Ends the answer cleanly and sends what is left. `trailers` follow a chunked body (RFC 9112 §7.1.2), others cannot carry any. */
  end(trailers: HeaderList = []): void {
    if (this.#state !== "head") return;
    this.#state = "over";
    if (this.#framing === "chunked")
      this.#writer.gather(trailers.length === 0 ? LAST_CHUNK : serializeLastChunk(trailers));
    this.#writer.flush();
    this.#owner.answerEnded(this.#isCloseAnnounced);
  }

  /** Sends what was gathered. @returns false when the client is slow: wait for `drained` of the listener before giving more. */
  flush(): boolean {
    if (this.#writer.flush()) return true;
    this.#owner.writingBlocked();
    return false;
  }

  switchProtocols(headers: HeaderList): RawConnection | null {
    if (this.#state !== "open") return null;
    this.#state = "over";
    this.#writer.gather(serializeResponseHead(101, headers));
    return this.#owner.takeOver();
  }

  /** Sends what was gathered, then breaks the connection without the end the framing promised. */
  break(): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#writer.flush();
    this.#owner.answerBroken(this.#framing === "close");
  }

  /** The connection is gone; called by its owner. */
  lost(): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.listener.clientGone();
  }
}
