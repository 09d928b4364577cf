/** What went wrong with an upstream, in a word; part of records and error details. */
export type UpstreamCause =
  | "connection_refused"
  | "connection_failed"
  | "name_not_resolved"
  | "address_not_allowed"
  | "certificate_rejected"
  | "connect_timeout"
  | "first_byte_timeout"
  | "idle_timeout"
  | "total_timeout"
  | "closed_before_answer"
  | "closed_mid_answer"
  | "malformed_answer"
  | "answer_head_too_large"
  | "aborted";

/** An exchange with an upstream that did not come to its end. */
export class UpstreamFailure extends Error {
  readonly reason: UpstreamCause;

  /** @param reason in a word. @param message for people, with what the system or TLS said; never holds credentials. */
  constructor(reason: UpstreamCause, message: string) {
    super(message);
    this.name = "UpstreamFailure";
    this.reason = reason;
  }

  /** True when one of the gateway's own time-outs ended it. */
  get isTimeout(): boolean {
    return this.reason.endsWith("_timeout");
  }
}

/** The failure that a TLS handshake's error stands for: a bad certificate, or a peer that speaks no TLS or hung up. */
export function handshakeFailure(error: unknown, place: string): UpstreamFailure {
  const code = (error as { code?: unknown } | null)?.code;
  // System errors (EPROTO, ECONNRESET) are one word; those of certificates are several (CERT_HAS_EXPIRED).
  const isSystemError = typeof code === "string" && /^E[A-Z]+$/.test(code);
  const detail = `${place}: TLS failed${typeof code === "string" ? `, ${code}` : ""}`;
  return new UpstreamFailure(isSystemError ? "connection_failed" : "certificate_rejected", detail);
}

/** The failure that a system or TLS error at connection time stands for. */
export function connectFailure(error: unknown, place: string): UpstreamFailure {
  const code = (error as { code?: unknown } | null)?.code;
  const detail = `${place}: ${typeof code === "string" ? code : String((error as Error | null)?.message ?? error)}`;
  if (code === "ECONNREFUSED") return new UpstreamFailure("connection_refused", detail);
  if (code === "ENOTFOUND" || (typeof code === "string" && (code.startsWith("EAI_") || code.startsWith("DNS")))) {
    return new UpstreamFailure("name_not_resolved", detail);
  }
  return new UpstreamFailure("connection_failed", detail);
}
