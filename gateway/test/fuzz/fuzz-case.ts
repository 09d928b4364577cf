/** One thing that is tried. */
export type FuzzCase = RequestCase | CallCase;

/** Bytes sent over a connection of their own. */
export interface RequestCase {
  readonly kind: "request";
  /** What is written, one piece after the other. */
  readonly pieces: readonly Buffer[];
  /** Of the first request; tells whether its answer has a body. */
  readonly method: string;
  /** True where the bytes are requests without anything missing, so that an answer, or the connection's end, must come. */
  readonly isWhole: boolean;
  /** True where the connection has to end by itself, after whatever was said. */
  readonly mustEnd: boolean;
}

/** Something read in this process; throws when that goes otherwise than it should. */
export interface CallCase {
  readonly kind: "call";
  /** What was read, to be shown when it fails. */
  readonly input: string;
  readonly run: () => void | Promise<void>;
}
