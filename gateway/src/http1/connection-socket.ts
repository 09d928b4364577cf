import type { Socket } from "bun";

/** The part of a Bun socket that a connection uses. */
export type ConnectionSocket = Pick<
  Socket<unknown>,
  "write" | "end" | "terminate" | "shutdown" | "pause" | "resume" | "remoteAddress" | "setKeepAlive"
>;
