/** Bounds of every exporter. */
export interface OtlpLimits {
  /** Spans waiting; more are dropped and counted. Default 4,096. */
  readonly maxQueuedSpans: number;
  /** Memory of the spans waiting, bodies included. Default 32 MiB. */
  readonly maxQueuedBytes: number;
  /** Spans in a request. Default 256. */
  readonly maxBatchSpans: number;
  /** Memory of the spans in a request; a single larger one still goes. Default 4 MiB. */
  readonly maxBatchBytes: number;
  /** How long spans wait for others to go with. Default 2,000. */
  readonly batchDelayMs: number;
  /** Longest body that is exported; longer ones are left out. Default 262,144. */
  readonly maxBodyBytes: number;
  /** How long a collector may take to answer. Default 10,000. */
  readonly timeoutMs: number;
  /** Tries of a batch, after which it is dropped and counted. Default 5. */
  readonly maxTries: number;
  /** First pause between tries; it doubles, up to 30,000, with up to half of it taken off at random. Default 1,000. */
  readonly retryDelayMs: number;
  /** Failures in a row after which nothing is sent for `breakerOpenMs`. Default 5. */
  readonly breakerFailures: number;
  /** First pause of the breaker; it doubles, up to ten times this. Default 30,000. */
  readonly breakerOpenMs: number;
}

/** What exporters keep to unless told otherwise. */
export const defaultOtlpLimits: OtlpLimits = {
  maxQueuedSpans: 4096,
  maxQueuedBytes: 33_554_432,
  maxBatchSpans: 256,
  maxBatchBytes: 4_194_304,
  batchDelayMs: 2000,
  maxBodyBytes: 262_144,
  timeoutMs: 10_000,
  maxTries: 5,
  retryDelayMs: 1000,
  breakerFailures: 5,
  breakerOpenMs: 30_000,
};
