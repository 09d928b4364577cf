import type { Socket } from "bun";
import { endMessages, newMessageReader, readMessages } from "./message-reader.ts";
import type { MessageReader } from "./message-reader.ts";
import { newSocketOutput, sendOutput } from "./socket-output.ts";
import type { SocketOutput } from "./socket-output.ts";

/** What happens on a client connection. */
export interface ConnectionEvents {
  /** The head of an answer is here. */
  head?(statusCode: number): void;
  /** A piece of an answer's body. */
  body?(bytes: Buffer): void;
  /** An answer has ended as its framing says. */
  end(statusCode: number): void;
  /** The connection is gone, by whichever side; nothing follows. */
  closed(): void;
}

/** A keep-alive connection to a target. */
export interface LoadConnection {
  send(request: LoadRequest): void;
  /** Drops the connection at once, whatever is under way. */
  drop(): void;
}

/** A request as it goes on the wire, or one that is made for each sending. */
export type LoadRequest = Buffer | (() => Buffer);

interface State {
  readonly reader: MessageReader;
  readonly events: ConnectionEvents;
  output: SocketOutput | null;
}

/** Opens a raw connection to a loopback port. Rejects when it is refused. */
export async function openLoadConnection(port: number, events: ConnectionEvents): Promise<LoadConnection> {
  let statusCode = 0;
  const reader = newMessageReader("response", {
    head(head) {
      statusCode = Number(head.slice(9, 12));
      events.head?.(statusCode);
    },
    body: (bytes) => events.body?.(bytes),
    end: () => events.end(statusCode),
  });
  const state: State = { reader, events, output: null };
  const socket: Socket<State> = await Bun.connect<State>({
    hostname: "127.0.0.1",
    port,
    data: state,
    socket: {
      data: (_socket, bytes) => readMessages(reader, bytes),
      drain: () => {
        if (state.output !== null) sendOutput(state.output);
      },
      close: () => {
        endMessages(reader);
        events.closed();
      },
      // A close follows each error.
      error: () => {},
    },
  });
  const output = newSocketOutput(socket);
  state.output = output;
  return {
    send: (request) => sendOutput(output, typeof request === "function" ? request() : request),
    drop: () => socket.terminate(),
  };
}
