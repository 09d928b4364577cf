/** Takes a body as it comes. All calls of one piece read from the wire happen in one tick, `flush` last. */
export interface BodyConsumer<Failure> {
  /** Some bytes, framing removed. The view stays valid; its memory is not reused. */
  data(chunk: Buffer): void;
  /** The body is whole. Nothing but `flush` follows. */
  end(): void;
  /** The body broke off. Nothing follows. */
  error(failure: Failure): void;
  /** Everything that came with this piece was given; what was gathered should leave now. */
  flush(): void;
}
