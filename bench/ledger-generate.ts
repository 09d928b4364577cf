import type { ExchangeRecord } from "../gateway/src/core/exchange.ts";
import type { NewLog } from "../gateway/src/stores/ports/log-store.ts";

/** How generated logs look. */
export interface GeneratedShape {
  /** Unix milliseconds of the first. */
  readonly startMs: number;
  /** Milliseconds from one to the next. */
  readonly stepMs: number;
  /** Words of prompt and answer together. */
  readonly words: number;
  /** Every how many-th log has bodies of two kilobytes each way; 0 for none. */
  readonly bodyEvery: number;
}

/** Makes logs by number; the same numbers give the same logs. */
export interface LogGenerator {
  record(index: number): ExchangeRecord;
  log(index: number): NewLog;
  /** A JSON body of about two kilobytes that holds the words of a log's prompt. */
  body(index: number): Buffer;
  /** A word about as frequent as its rank among 20,000. */
  word(rank: number): string;
}

const vocabularySize = 20_000;
const providers = ["alpha", "beta", "gamma", "delta"];
const models = ["small", "medium", "large", "vision", "embed", "reason", "code", "audio"];
const bodyBytes = 2048;

export function createLogGenerator(shape: GeneratedShape): LogGenerator {
  const vocabulary = Array.from({ length: vocabularySize }, (_, rank) => pronounceable(rank));
  const textOf = (index: number, words: number): string => {
    const draw = randomNumbers(index);
    const picked: string[] = [];
    for (let count = 0; count < words; count += 1) {
      // Frequent words are very frequent, as in language.
      picked.push(vocabulary[Math.floor(vocabularySize * draw() ** 3)] as string);
    }
    return picked.join(" ");
  };
  const record = (index: number): ExchangeRecord => makeRecord(index, Math.floor(shape.startMs + index * shape.stepMs));
  const body = (index: number): Buffer => {
    const text = textOf(index, 120);
    const filler = "x".repeat(Math.max(0, bodyBytes - text.length - 140));
    return Buffer.from(
      JSON.stringify({
        model: models[index % models.length],
        messages: [{ role: "user", content: text }],
        tools: [{ type: "function", name: "look_up", description: filler }],
      }),
    );
  };
  return {
    record,
    body,
    word: (rank) => vocabulary[rank] as string,
    log(index) {
      const bytes = shape.bodyEvery > 0 && index % shape.bodyEvery === 0 ? body(index) : null;
      return {
        record: record(index),
        request: bytes,
        isRequestComplete: true,
        response: bytes,
        isResponseComplete: true,
        searchText: textOf(index, shape.words),
        rowLimit: null,
      };
    },
  };
}

function makeRecord(index: number, createdAtMs: number): ExchangeRecord {
  const draw = randomNumbers(index ^ 0x5bd1e995);
  const id = idAt(createdAtMs, index);
  const hasFailed = draw() < 0.02;
  const inputTokens = Math.floor(draw() * 4000);
  const outputTokens = Math.floor(draw() * 1000);
  const durationMs = Math.round(100 + draw() ** 4 * 30_000);
  return {
    id,
    eventId: id,
    requestId: id,
    traceId: id.replaceAll("-", ""),
    accountId: "default",
    gatewayId: draw() < 0.8 ? "production" : "staging",
    createdAtMs,
    requestType: "provider",
    step: 0,
    attempt: 1,
    provider: providers[Math.floor(draw() * providers.length)] as string,
    model: models[Math.floor(draw() * models.length)] as string,
    answerModel: null,
    method: "POST",
    path: "chat/completions",
    userAgent: "bench/1",
    requestContentType: "application/json",
    responseContentType: "application/json",
    requestSizeBytes: bodyBytes,
    responseSizeBytes: bodyBytes,
    statusCode: hasFailed ? 500 : 200,
    success: !hasFailed,
    outcome: "complete",
    errorCode: null,
    cause: null,
    cacheStatus: draw() < 0.1 ? "HIT" : "MISS",
    streamed: false,
    timeToFirstByteMs: durationMs / 3,
    durationMs,
    overheadMs: 0.3,
    usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    isUsageEstimated: false,
    cost: { state: "priced", nanoUsd: inputTokens * 150 + outputTokens * 600, priceVersion: "bench" },
    metadata: { user: `u${Math.floor(draw() * 20_000)}`, team: `t${Math.floor(draw() * 20)}` },
    storedKey: null,
    userKey: `user:u${index % 20_000}`,
    tokenId: null,
    requestHeaders: { "content-type": "application/json" },
    responseHeaders: { "content-type": "application/json" },
    parentSpanId: null,
    isLogged: true,
  };
}

/** A UUIDv7 of that time. */
function idAt(timeMs: number, index: number): string {
  const time = Math.floor(timeMs).toString(16).padStart(12, "0");
  const low = (index >>> 0).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${(index & 0xfff).toString(16).padStart(3, "0")}-8000-${low}`;
}

/** Numbers from 0 to 1 drawn from a seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Two to five syllables, different for each rank. */
function pronounceable(rank: number): string {
  const consonants = "bdfgklmnprstvz";
  const vowels = "aeiou";
  let word = "";
  for (let rest = rank + 70; rest > 0; rest = Math.floor(rest / 70)) {
    word += (consonants[rest % 14] as string) + (vowels[Math.floor(rest / 14) % 5] as string);
  }
  return word;
}
