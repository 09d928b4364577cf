import type { ConnectionSocket } from "./connection-socket.ts";
import type { SocketWriter } from "./socket-writer.ts";

/** Who gets what happens on a raw connection. Nothing is told after `ended`. */
export interface RawListener {
  /** Bytes from the peer; the view stays valid. */
  received(piece: Buffer): void;
  /** The peer has taken everything that was waiting. */
  drained(): void;
  /** The peer closed or reset the connection, or it was cut on this side. */
  ended(): void;
  /** The process stops: what goes on here has to come to an end within its grace. */
  stopping(): void;
}

/** What a raw connection tells whoever holds its socket. */
export interface RawOwner {
  /** Bytes wait for a peer that reads slowly. */
  writingBlocked(): void;
  /** Cuts the connection. */
  terminate(): void;
}

/** How long a silent peer may be gone before the kernel asks after it. */
const KEEP_ALIVE_MS = 60_000;

/**
 * A connection that left HTTP behind (RFC 9110 §7.8): bytes both ways, with back-pressure. What comes before somebody
 * listens is kept, and nothing more is read meanwhile.
 */
export class RawConnection {
  readonly #socket: ConnectionSocket;
  readonly #writer: SocketWriter;
  readonly #owner: RawOwner;
  #listener: RawListener | null = null;
  #early: Buffer | null;
  #isReading = true;
  #isEnding = false;
  #isOver = false;
  #isStopTold = false;

  /** @param early what came after the head that switched protocols. */
  constructor(socket: ConnectionSocket, writer: SocketWriter, { early, owner }: { early: Buffer; owner: RawOwner }) {
    this.#socket = socket;
    this.#writer = writer;
    this.#owner = owner;
    this.#early = early.length === 0 ? null : early;
    // A socket may be silent for hours; without this a peer that lost its power would be held for ever.
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
  }

  /** True once the connection is gone. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** True while bytes wait for a peer that reads slowly. */
  get isBlocked(): boolean {
    return this.#writer.pendingBytes > 0;
  }

  /** Starts the flow; what came before is told first. */
  listen(listener: RawListener): void {
    this.#listener = listener;
    const early = this.#early;
    const wasOver = this.#isOver;
    this.#early = null;
    this.setReading(true);
    if (early !== null) listener.received(early);
    if (wasOver) listener.ended();
  }

  /** Reads on (true) or leaves bytes in the kernel (false). */
  setReading(isReading: boolean): void {
    if (this.#isReading === isReading || this.#isOver) return;
    this.#isReading = isReading;
    if (isReading) this.#socket.resume();
    else this.#socket.pause();
  }

  /** Gathers bytes; `flush` sends them. */
  write(piece: Buffer | string): void {
    if (!this.#isOver && !this.#isEnding) this.#writer.gather(piece);
  }

  /** Sends what was gathered. @returns false when the peer is slow: wait for `drained` before giving more. */
  flush(): boolean {
    if (this.#isOver || this.#writer.flush()) return true;
    this.#owner.writingBlocked();
    return false;
  }

  /**
   * Sends what was gathered, then closes this side; the connection is gone once the peer has closed too. What the peer still sends is
   * read, so that no reset can overtake what it has to get. Whoever ends a connection cuts it when the peer takes too long.
   */
  end(): void {
    if (this.#isOver || this.#isEnding) return;
    this.#isEnding = true;
    if (this.flush()) this.#socket.shutdown();
  }

  /** Cuts the connection at once: the peer sees a reset. */
  terminate(): void {
    if (!this.#isOver) this.#owner.terminate();
  }

  /** Bytes came; called by the owner. */
  received(piece: Buffer): void {
    if (this.#listener !== null) {
      this.#listener.received(piece);
      return;
    }
    this.#early = this.#early === null ? piece : Buffer.concat([this.#early, piece]);
    this.setReading(false);
  }

  /** Everything that waited was taken; called by the owner. */
  drained(): void {
    if (this.#isEnding) this.#socket.shutdown();
    else this.#listener?.drained();
  }

  /** The process stops; called by the owner, again and again while it drains. */
  stopping(): void {
    if (this.#isStopTold) return;
    this.#isStopTold = true;
    if (this.#listener === null) this.terminate();
    else this.#listener.stopping();
  }

  /** The connection is gone; called by the owner. */
  closed(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener?.ended();
  }
}
