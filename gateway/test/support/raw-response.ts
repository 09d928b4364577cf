import { declaredFraming, headerLineValue, headerLineValues } from "./header-lines.ts";
import type { BodyFraming, MessageHead } from "./message-reader.ts";

/** How an answer ended: whole; connection closed before that; reset before that; or bytes that are not HTTP. */
export type ResponseEnding = "clean" | "closed_early" | "reset" | "garbage";

/** A piece of body as it came off the network, framing removed. */
export interface TimedPiece {
  /** Monotonic time of arrival. */
  readonly atMs: number;
  readonly bytes: Buffer;
}

/** An answer that has ended, one way or the other. */
export interface RawResponse {
  readonly status: number;
  readonly startLine: string;
  /** Field lines exactly as received, in order. */
  readonly headerLines: readonly string[];
  /** First value of a header, whatever its case. */
  header(name: string): string | undefined;
  headers(name: string): string[];
  /** The body without its framing; content coding stays. */
  readonly body: Buffer;
  readonly pieces: readonly TimedPiece[];
  readonly trailers: readonly string[];
  readonly ending: ResponseEnding;
  readonly headAtMs: number;
}

/** An answer under way: its head is there. */
export interface LiveResponse {
  readonly status: number;
  readonly headerLines: readonly string[];
  header(name: string): string | undefined;
  /** The next piece of body not taken yet; null at the end, however it came. */
  nextPiece(): Promise<Buffer | null>;
  /** The whole answer once it ended; rejects after `timeoutMs` (10000). */
  whole(timeoutMs?: number): Promise<RawResponse>;
}

/** The receiving side of a `LiveResponse`. */
export interface ResponseCollector extends LiveResponse {
  add(piece: Buffer): void;
  end(ending: ResponseEnding, trailers?: readonly string[]): void;
}

/** The number in a status line; 0 when it is none. */
export function statusOf(startLine: string): number {
  return Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(startLine)?.[1] ?? 0);
}

/** How the body of the answer to a request of `method` is framed. */
export function responseFraming(head: MessageHead, method: string): BodyFraming | "interim" {
  const status = statusOf(head.startLine);
  if (status >= 100 && status < 200) return "interim";
  if (method === "HEAD" || status === 204 || status === 304) return { kind: "none" };
  return declaredFraming(head.headerLines) ?? { kind: "close" };
}

/** Collects one answer whose head is `head`. */
export function collectResponse(head: MessageHead): ResponseCollector {
  const pieces: TimedPiece[] = [];
  const headAtMs = performance.now();
  const ended = Promise.withResolvers<RawResponse>();
  const progress = { isOver: false, taken: 0 };
  let wake: (() => void) | null = null;

  return {
    status: statusOf(head.startLine),
    headerLines: head.headerLines,
    header: (name) => headerLineValue(head.headerLines, name),
    add(bytes) {
      pieces.push({ atMs: performance.now(), bytes });
      wake?.();
    },
    end(ending, trailers = []) {
      progress.isOver = true;
      ended.resolve(finishedResponse(head, { pieces, headAtMs, ending, trailers }));
      wake?.();
    },
    async nextPiece() {
      while (progress.taken >= pieces.length && !progress.isOver)
        await new Promise<void>((resolve) => (wake = resolve));
      const piece = pieces[progress.taken];
      progress.taken += 1;
      return piece?.bytes ?? null;
    },
    whole: (timeoutMs = 10_000) => within(ended.promise, timeoutMs, "answer not whole"),
  };
}

/** Rejects with `what` when `promise` takes longer than `timeoutMs`. */
function within<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} within ${timeoutMs} ms`)), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function finishedResponse(
  head: MessageHead,
  rest: Pick<RawResponse, "pieces" | "headAtMs" | "ending" | "trailers">,
): RawResponse {
  return {
    ...rest,
    status: statusOf(head.startLine),
    startLine: head.startLine,
    headerLines: head.headerLines,
    header: (name) => headerLineValue(head.headerLines, name),
    headers: (name) => headerLineValues(head.headerLines, name),
    body: Buffer.concat(rest.pieces.map((piece) => piece.bytes)),
  };
}
