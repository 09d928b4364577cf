/** What was wrong with a message, in a word; each maps to one answer or one failure cause. */
export type ProtocolFault =
  | "malformed"
  | "head_too_large"
  | "unsupported_version"
  | "unsupported_transfer_coding"
  | "body_too_large";

/** A peer broke HTTP/1.1 framing (RFC 9112). The connection cannot be used any further. */
export class ProtocolError extends Error {
  readonly fault: ProtocolFault;

  /** @param fault kind of breach. @param message what was found and what was expected, for people. */
  constructor(fault: ProtocolFault, message: string) {
    super(message);
    this.name = "ProtocolError";
    this.fault = fault;
  }
}
