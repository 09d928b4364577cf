/** What the upstream answers, as the request's `model` asks for it. */
export type AnswerKind =
  | { readonly kind: "json" }
  | { readonly kind: "fault" }
  | { readonly kind: "sized"; readonly bytes: number }
  | { readonly kind: "stream"; readonly events: number; readonly intervalMs: number };

/** Model that makes the upstream answer about 1 KB of JSON with usage. */
export const jsonModel = "json";

/** Model that makes the upstream answer an error of its own, status 500. */
export const faultyModel = "fault";

/** Model that makes the upstream answer about that many bytes of JSON with usage. */
function sizedModel(bytes: number): string {
  return `sized-${bytes}`;
}

/** Model that makes the upstream stream that many events, `[DONE]` included, that far apart. */
export function streamModel(events: number, intervalMs: number): string {
  return `stream-${events}-${intervalMs}`;
}

/** The answer a request body asks for; anything unknown gets the small JSON answer. */
export function answerKindOf(bodyStart: string): AnswerKind {
  const model = /"model"\s*:\s*"([^"]*)"/.exec(bodyStart)?.[1] ?? "";
  if (model === faultyModel) return { kind: "fault" };
  const sized = /^sized-(\d+)$/.exec(model)?.[1];
  if (sized !== undefined) return { kind: "sized", bytes: Number(sized) };
  const stream = /^stream-(\d+)-(\d+)$/.exec(model);
  if (stream === null) return { kind: "json" };
  return { kind: "stream", events: Number(stream[1]), intervalMs: Number(stream[2]) };
}

const sentence = "The quick brown fox jumps over the lazy dog while twelve wizards box with jade liquor. ";

/** Digits of the number that tells requests apart. */
const countDigits = 16;
const countPrefix = "Question ";

/** A chat request of about 1 KB, with room for a number in it. */
export function chatBody(model: string, stream: boolean): string {
  return JSON.stringify({
    model,
    ...(stream ? { stream: true } : {}),
    temperature: 0.2,
    max_tokens: 256,
    messages: [
      { role: "system", content: `You answer briefly. ${sentence.repeat(3)}` },
      { role: "user", content: `${countPrefix}${"0".repeat(countDigits)}: ${sentence.repeat(7)}` },
    ],
  });
}

/**
 * Requests that differ in the number in them, for gateways that would answer the same ones from a cache. The buffer is the same one
 * each time: send it before the next is made. Numbers begin with the time in microseconds, which
 * no series catches up with, so that one made later meets none of before.
 * @param request from `chatBody`, as it goes on the wire; with several numbers in it the last one is changed.
 */
export function countedRequest(request: Buffer): () => Buffer {
  const start = request.lastIndexOf(countPrefix) + countPrefix.length;
  if (start < countPrefix.length) throw new Error("the request has no room for a number");
  const counted = Buffer.from(request);
  counted.write(String(sharedClockUs()).padStart(countDigits, "0"), start, "latin1");
  return () => {
    let at = start + countDigits - 1;
    while (at > start && counted[at] === nine) counted[at--] = zero;
    counted[at] = (counted[at] as number) + 1;
    return counted;
  };
}

const zero = 48;
const nine = 57;

/** A chat request of about that size, answered with as much: a few turns with long contents, as agents send them. */
export function sizedChatBody(bytes: number): string {
  const turn = sentence.repeat(Math.max(1, Math.floor(bytes / sizedTurns / sentence.length)));
  const messages = Array.from({ length: sizedTurns }, (_, index) => ({
    role: index % 2 === 0 ? "user" : "assistant",
    content: turn,
  }));
  return JSON.stringify({ model: sizedModel(bytes), messages });
}

const sizedTurns = 8;

/** A chat answer with usage, about 1 KB when the content is short. */
function chatAnswer(content: string): string {
  return JSON.stringify({
    id: "chatcmpl-benchmark",
    object: "chat.completion",
    created: 1_760_000_000,
    model: "benchmark",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: {
      prompt_tokens: 212,
      completion_tokens: 163,
      total_tokens: 375,
      prompt_tokens_details: { cached_tokens: 128 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
  });
}

/** The upstream's 1 KB answer. */
export const smallAnswer = chatAnswer(sentence.repeat(7));

/** The upstream's answer of about that many bytes. */
export function sizedAnswer(bytes: number): string {
  return chatAnswer(sentence.repeat(Math.max(1, Math.floor(bytes / sentence.length))));
}

/** Text before the time stamp in each event's id. */
export const stampPrefix = '"id":"chatcmpl-';

/** Digits of the time stamp: Unix microseconds. */
export const stampDigits = 16;

/** One content event of a stream, stamped with the time it is sent at. */
export function contentEvent(sentAtUs: number): string {
  const stamp = String(sentAtUs).padStart(stampDigits, "0");
  return `data: {${stampPrefix}${stamp}","object":"chat.completion.chunk","created":1760000000,"model":"benchmark","choices":[{"index":0,"delta":{"content":" wizards"},"logprobs":null,"finish_reason":null}]}\n\n`;
}

/** The event before `[DONE]`, with usage. */
export const usageEvent =
  'data: {"id":"chatcmpl-last","object":"chat.completion.chunk","created":1760000000,"model":"benchmark","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":212,"completion_tokens":99,"total_tokens":311}}\n\n';

/** The last event of a stream. */
export const doneEvent = "data: [DONE]\n\n";

/**
 * Unix microseconds, for comparing between processes of one machine: Bun's monotonic clocks begin with each process,
 * and `Date.now` knows whole milliseconds only.
 */
export function sharedClockUs(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000);
}
