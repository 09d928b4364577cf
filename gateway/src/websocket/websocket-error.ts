/** Close codes the gateway itself sends (RFC 6455 §7.4.1 and IANA's registry of close codes). */
export const closeCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  invalidText: 1007,
  policyViolation: 1008,
  messageTooBig: 1009,
  internalError: 1011,
  badGateway: 1014,
} as const;

/** A peer broke the WebSocket protocol, or sent more than is taken. `code` is the close code that says so. */
export class WebSocketError extends Error {
  readonly code: number;

  /** @param code of `closeCode`. @param message what was found and what was expected; at most 123 bytes of it reach the peer. */
  constructor(code: number, message: string) {
    super(message);
    this.name = "WebSocketError";
    this.code = code;
  }
}
