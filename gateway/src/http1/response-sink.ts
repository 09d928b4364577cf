import type { GatewayError } from "../core/errors.ts";
import type { HeaderList } from "../core/header-list.ts";
import type { RawConnection } from "./raw-connection.ts";

/** How the answer's end is shown to the client. `none` answers have no body (HEAD, 204, 304). */
export type ResponseFraming = "none" | "length" | "chunked" | "close";

/** Who feeds an answer. */
export interface ResponseListener {
  /** A slow client has taken everything that was waiting. */
  drained(): void;
  /** The client left before the answer was over; told once. */
  clientGone(): void;
}

/** Takes one answer, whatever carries it: head, body, end, each once and in that order; or a break. */
export interface ResponseSink {
  /** True once a head was given: no other answer can be sent. */
  readonly isHeadSent: boolean;
  /** True once the answer ended, broke or lost its client. */
  readonly isOver: boolean;
  /** True while bytes wait for a client that reads slowly. */
  readonly isBlocked: boolean;
  /** Whether bytes that the provider did not announce, such as an event of the gateway's own, may follow the body so far. */
  readonly takesExtraBytes: boolean;
  /** Who is told how the client takes the answer; replaced as the exchange moves on. */
  listener: ResponseListener;
  /** Gives the head. `headers` are complete but for the framing. */
  head(status: number, headers: HeaderList, framing: ResponseFraming): void;
  /** Gathers body bytes; `flush` sends them. Ignored once the answer is over. */
  write(chunk: Buffer): void;
  /** Sends what was gathered. @returns false when the client is slow: wait for `drained` before giving more. */
  flush(): boolean;
  /** Ends the answer cleanly and sends what is left; `trailers` where the carrier has a place for them. */
  end(trailers?: HeaderList): void;
  /** Breaks the answer off so that the client cannot take it for whole. */
  break(): void;
  /** Takes an error of the gateway's own in place of an answer; absent where it is sent like any other answer. */
  refused?(error: GatewayError): void;
  /**
   * Answers 101 and hands the connection over, as the client asked for.
   * @returns null when there is nothing to hand over: an answer was begun, the client left, or the carrier is no connection.
   */
  switchProtocols(headers: HeaderList): RawConnection | null;
}
