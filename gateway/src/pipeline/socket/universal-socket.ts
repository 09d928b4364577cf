import type { Watched } from "../../core/deadline-wheel.ts";
import { errorCatalogue } from "../../core/errors.ts";
import type { RawConnection, RawListener } from "../../http1/raw-connection.ts";
import type { IncomingRequest } from "../../http1/server-connection.ts";
import { type CloseReason, writeClosePayload } from "../../websocket/close-payload.ts";
import { opcode } from "../../websocket/frame.ts";
import { readHandshake } from "../../websocket/handshake.ts";
import { MessageReader, type MessageVisitor } from "../../websocket/message-reader.ts";
import { closeCode, WebSocketError } from "../../websocket/websocket-error.ts";
import { writeFrame } from "../../websocket/write-frame.ts";
import type { Exchange } from "../exchange.ts";
import type { Gateway } from "../gateway.ts";
import { switchFields } from "./answer-handshake.ts";
import { type AnswerSocket, UniversalAnswer } from "./universal-answer.ts";
import { cancelledMessage, errorMessage } from "./universal-messages.ts";
import { MessageFault, readCommand, requestFrom, socketFields, type UniversalCommand } from "./universal-request.ts";

/** Runs one request through the pipeline. */
type Serve = (request: IncomingRequest, gateway: Gateway) => Promise<void>;

/** Largest message; the universal endpoint takes bodies of this size. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
/** Requests one socket may have under way. */
const MAX_UNDER_WAY = 256;
/** Most memory for requests and answers under way on one socket, streamed answers aside. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;
/** How long a client may take to close its side. */
const CLOSE_MS = 5000;

/**
 * Opens the universal socket (reference §1.9, A.5): each `universal.create` is a request of its own to the universal endpoint, with its
 * own record; answers come as messages, told apart by `eventId`. A message that cannot be followed is answered with an error and changes
 * nothing else; breaking the WebSocket protocol ends the socket, and its end gives up all that is under way.
 * @throws GatewayError invalidRequest (7001), upgradeRequired (9008) for a handshake at fault.
 */
export function openUniversalSocket(exchange: Exchange, serve: Serve): void {
  const { request } = exchange;
  const handshake = readHandshake(request.head);
  const connection = request.response.switchProtocols(switchFields(handshake, [], () => false));
  if (connection === null) return;
  const fields = socketFields(request.head.headers, handshake.protocols);
  connection.listen(new UniversalSocket({ opening: request, gateway: exchange.gateway, fields, connection, serve }));
}

interface SocketOptions {
  readonly opening: IncomingRequest;
  readonly gateway: Gateway;
  readonly fields: readonly string[];
  readonly connection: RawConnection;
  readonly serve: Serve;
}

class UniversalSocket implements RawListener, MessageVisitor, AnswerSocket, Watched {
  readonly #options: SocketOptions;
  readonly #reader: MessageReader;
  readonly #underWay = new Map<string, UniversalAnswer>();
  #heldBytes = 0;
  #isStopping = false;
  #isClosed = false;
  deadlineMs = Number.POSITIVE_INFINITY;

  constructor(options: SocketOptions) {
    this.#options = options;
    const maxMessageBytes = Math.min(MAX_MESSAGE_BYTES, options.gateway.config.limits.max_body_bytes);
    this.#reader = new MessageReader(true, this, { maxMessageBytes });
  }

  get isBlocked(): boolean {
    return this.#options.connection.isBlocked;
  }

  received(piece: Buffer): void {
    if (this.#isClosed) return;
    try {
      this.#reader.push(piece);
    } catch (error) {
      if (!(error instanceof WebSocketError)) throw error;
      this.#close({ code: error.code, reason: error.message });
    }
    // Whoever does not take answers must not be able to ask for more.
    if (!this.flush()) this.#options.connection.setReading(false);
  }

  drained(): void {
    this.#options.connection.setReading(true);
    for (const answer of this.#underWay.values()) answer.listener.drained();
  }

  ended(): void {
    this.#isClosed = true;
    this.#options.gateway.wheel.unwatch(this);
    this.#abandonAll();
  }

  stopping(): void {
    this.#isStopping = true;
    this.#closeWhenIdle();
  }

  onDeadline(): void {
    this.#options.connection.terminate();
  }

  message(payload: Buffer): void {
    if (this.#isClosed) return;
    try {
      this.#follow(readCommand(payload));
    } catch (error) {
      if (!(error instanceof MessageFault)) throw error;
      this.say(errorMessage(error.eventId, { code: error.definition.code, message: error.message }));
    }
  }

  ping(payload: Buffer): void {
    if (!this.#isClosed) this.#write(opcode.pong, payload);
  }

  close({ code }: CloseReason): void {
    this.#close({ code, reason: "" });
  }

  say(message: string): void {
    if (!this.#isClosed) this.#write(opcode.text, Buffer.from(message));
  }

  flush(): boolean {
    return this.#options.connection.flush();
  }

  hold(answer: UniversalAnswer, sizeBytes: number): boolean {
    if (this.#heldBytes + sizeBytes > MAX_HELD_BYTES) return false;
    this.#heldBytes += sizeBytes;
    answer.heldBytes += sizeBytes;
    return true;
  }

  answered({ eventId, heldBytes }: UniversalAnswer): void {
    this.#heldBytes -= heldBytes;
    this.#underWay.delete(eventId);
    this.#closeWhenIdle();
  }

  #follow(command: UniversalCommand): void {
    const { eventId } = command;
    const known = this.#underWay.get(eventId);
    if (command.type === "cancel") {
      if (known === undefined) throw new MessageFault(eventId, "eventId", "no request with this eventId is under way");
      known.leave();
      this.say(cancelledMessage(eventId));
      return;
    }
    if (known !== undefined) throw new MessageFault(eventId, "eventId", "a request with this eventId is under way");
    if (this.#underWay.size >= MAX_UNDER_WAY) {
      throw new MessageFault(eventId, "", `a socket may have ${MAX_UNDER_WAY} requests under way`);
    }
    if (this.#isStopping) this.say(errorMessage(eventId, errorCatalogue.shuttingDown));
    else this.#begin(command);
  }

  #begin(command: { readonly eventId: string; readonly body: Buffer }): void {
    const { gateway, serve, opening, fields } = this.#options;
    const answer = new UniversalAnswer(command.eventId, this);
    if (!this.hold(answer, command.body.length)) {
      throw new MessageFault(
        command.eventId,
        "",
        `requests under way on a socket may have ${MAX_HELD_BYTES} bytes together`,
      );
    }
    this.#underWay.set(command.eventId, answer);
    const nowMs = gateway.clock.monotonicMs();
    void serve(requestFrom(command, { opening, fields, nowMs }, answer), gateway);
  }

  #close(reason: CloseReason): void {
    if (this.#isClosed) return;
    this.#write(opcode.close, writeClosePayload(reason));
    this.#isClosed = true;
    this.#options.connection.end();
    const { wheel, clock } = this.#options.gateway;
    this.deadlineMs = clock.monotonicMs() + CLOSE_MS;
    wheel.watch(this);
    this.#abandonAll();
  }

  #closeWhenIdle(): void {
    if (this.#isStopping && this.#underWay.size === 0) {
      this.#close({ code: closeCode.goingAway, reason: "the gateway is shutting down" });
    }
  }

  #abandonAll(): void {
    for (const answer of this.#underWay.values()) answer.leave();
  }

  #write(code: number, payload: Buffer): void {
    this.#options.connection.write(writeFrame({ opcode: code, payload, isMasked: false }));
  }
}
