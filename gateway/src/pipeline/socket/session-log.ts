import type { BodySnapshot } from "../../core/exchange.ts";
import { BodyKeeper } from "../keep-body.ts";

/** Most that is kept of one direction of a session: sessions are many and long, and their logs stay in memory until they end. */
const MAX_KEPT_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const LINE_END = Buffer.from("\n");

/**
 * Keeps the text messages of one direction of a session, one a line. Line ends inside a message become spaces, which changes no
 * JSON: there they stand between tokens only.
 */
export class SessionLog {
  readonly #keeper: BodyKeeper;

  /** @param limitBytes as configured for bodies; a lower bound of its own holds besides. */
  constructor(limitBytes: number) {
    this.#keeper = new BodyKeeper(Math.min(limitBytes, MAX_KEPT_BYTES));
  }

  /** Takes a message in. */
  add(message: Buffer): void {
    this.#keeper.add(onOneLine(message));
    this.#keeper.add(LINE_END);
  }

  snapshot(): BodySnapshot | null {
    return this.#keeper.snapshot(null);
  }
}

function onOneLine(message: Buffer): Buffer {
  if (!message.includes(LINE_FEED) && !message.includes(CARRIAGE_RETURN)) return message;
  const line = Buffer.from(message);
  for (let index = 0; index < line.length; index += 1) {
    if (line[index] === LINE_FEED || line[index] === CARRIAGE_RETURN) line[index] = SPACE;
  }
  return line;
}
