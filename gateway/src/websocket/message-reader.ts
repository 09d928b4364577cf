import { isUtf8 } from "node:buffer";
import { type CloseReason, readClosePayload } from "./close-payload.ts";
import { type FrameHead, isControl, opcode, unmasked } from "./frame.ts";
import { FrameScanner, type FrameVisitor } from "./frame-scanner.ts";
import { PayloadStore } from "./payload-store.ts";
import { closeCode, WebSocketError } from "./websocket-error.ts";

/** Gets what a peer says, message by message. */
export interface MessageVisitor {
  /** A whole message; `isText` ones are valid UTF-8. */
  message(payload: Buffer, isText: boolean): void;
  /** To be answered with a pong of the same payload (RFC 6455 §5.5.2). */
  ping(payload: Buffer): void;
  /** The peer closes; nothing it sends afterwards is told. */
  close(reason: CloseReason): void;
}

/** Puts the frames of one side together to messages, for whoever is an end of the socket himself. */
export class MessageReader implements FrameVisitor {
  readonly #scanner: FrameScanner;
  readonly #visitor: MessageVisitor;
  readonly #limitBytes: number;
  readonly #parts = new PayloadStore();
  readonly #control = new PayloadStore();
  /** Bytes that the frames of the message so far announced. */
  #sizeBytes = 0;
  #isText = false;

  /** @param limits `maxMessageBytes`: largest message put together, over all its fragments. */
  constructor(isMasked: boolean, visitor: MessageVisitor, limits: { readonly maxMessageBytes: number }) {
    this.#scanner = new FrameScanner(isMasked, this);
    this.#visitor = visitor;
    this.#limitBytes = limits.maxMessageBytes;
  }

  /**
   * Takes the next piece.
   * @throws WebSocketError `protocolError`, `invalidText`, `messageTooBig`; nothing may be pushed afterwards.
   */
  push(piece: Buffer): void {
    this.#scanner.push(piece);
  }

  begin(frame: FrameHead): void {
    if (isControl(frame.opcode)) return;
    if (this.#sizeBytes + frame.payloadBytes > this.#limitBytes) {
      throw new WebSocketError(closeCode.messageTooBig, `a message may have ${this.#limitBytes} bytes`);
    }
    this.#sizeBytes += frame.payloadBytes;
    if (frame.opcode !== opcode.continuation) this.#isText = frame.opcode === opcode.text;
  }

  payload(bytes: Buffer, frame: FrameHead, offset: number): void {
    (isControl(frame.opcode) ? this.#control : this.#parts).add(unmasked(bytes, frame, offset));
  }

  end(frame: FrameHead): void {
    if (isControl(frame.opcode)) this.#endControl(frame.opcode);
    else if (frame.isFinal) this.#endMessage();
  }

  #endControl(code: number): void {
    const payload = this.#control.take();
    if (code === opcode.ping) this.#visitor.ping(payload);
    if (code !== opcode.close) return;
    this.#scanner.stop();
    this.#visitor.close(readClosePayload(payload));
  }

  #endMessage(): void {
    const payload = this.#parts.take();
    this.#sizeBytes = 0;
    if (this.#isText && !isUtf8(payload)) {
      throw new WebSocketError(closeCode.invalidText, "a text message is not UTF-8");
    }
    this.#visitor.message(payload, this.#isText);
  }
}
