/**
 * A new UUIDv7 (RFC 9562 §5.7), lower-case with dashes. Ids made by one process sort in the order they were made.
 * Used for log, event and request ids.
 */
export function newId(): string {
  return Bun.randomUUIDv7();
}

/** The 32 hex characters of a W3C trace id drawn from an id; never all zero. */
export function traceIdFrom(id: string): string {
  return id.replaceAll("-", "");
}
