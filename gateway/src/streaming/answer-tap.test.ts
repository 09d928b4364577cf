import { describe, expect, test } from "bun:test";
import zlib from "node:zlib";
import fc from "fast-check";
import { encodeBedrockEvent, encodeEventStreamFrame } from "../../test/support/event-stream-encoder.ts";
import type { DialectId } from "../dialects/dialect.ts";
import { dialectIds, findDialect } from "../dialects/registry.ts";
import { openAnswerTap, type AnswerReading, type AnswerTap } from "./answer-tap.ts";

const chunk = (delta: object, rest: object = {}) =>
  `data: ${JSON.stringify({ model: "m-1", choices: [{ delta }], ...rest })}\n\n`;
const chat = [
  ": PROCESSING\n\n",
  chunk({ role: "assistant", content: "" }),
  chunk({ content: "hello" }),
  chunk({ content: "\u00e9\n\n" }, { usage: null }),
  'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n',
  'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}\n\n',
  "data: [DONE]\n\n",
];
const chatUsage = { inputTokens: 3, outputTokens: 4 };

interface OpenOptions {
  readonly coding?: string;
  readonly status?: number;
}

function open(dialect: DialectId, contentType: string, { coding = "", status = 200 }: OpenOptions = {}): AnswerTap {
  const headers = ["content-type", contentType, "content-encoding", coding];
  return openAnswerTap({ dialect: findDialect(dialect), status, headers });
}

function read(tap: AnswerTap, ...pieces: readonly (string | Buffer)[]): AnswerReading {
  for (const piece of pieces) tap.observe(Buffer.from(piece as string));
  return tap.finish();
}

describe("a stream", () => {
  test("rises from nothing over prelude and content to finish, with a border after each event", () => {
    const tap = open("openai-chat", "text/event-stream; charset=utf-8");
    const seen: string[] = [tap.progress];
    for (const event of chat) {
      tap.observe(Buffer.from(event.slice(0, 9)));
      expect(tap.atEventBorder).toBe(false);
      tap.observe(Buffer.from(event.slice(9)));
      expect(tap.atEventBorder).toBe(true);
      seen.push(tap.progress);
    }
    expect(seen).toEqual(["nothing", "prelude", "prelude", "content", "content", "finish", "finish", "finish"]);
    expect(tap.finish()).toEqual({ usage: chatUsage, model: "m-1", ending: "complete" });
  });

  test("reads the same split at every byte", () => {
    const body = Buffer.from(chat.join("").replaceAll("\n", "\r\n"));
    for (let cut = 0; cut <= body.length; cut += 1) {
      const reading = read(open("openai-chat", "text/event-stream"), body.subarray(0, cut), body.subarray(cut));
      expect(reading).toEqual({ usage: chatUsage, model: "m-1", ending: "complete" });
    }
  });

  test("cut after any event is truncated until the finish came", () => {
    const endings = chat.map(
      (_, index) => read(open("openai-chat", "text/event-stream"), ...chat.slice(0, index)).ending,
    );
    expect(endings).toEqual(["truncated", "truncated", "truncated", "truncated", "truncated", "complete", "complete"]);
  });

  test("with an error in it is an error, whatever follows", () => {
    const broken = 'data: {"error":{"message":"overloaded","code":529}}\n\n';
    const reading = read(open("openai-chat", "text/event-stream"), chat[2] as string, broken, "data: [DONE]\n\n");
    expect(reading).toMatchObject({ ending: "error", errorMessage: "overloaded" });
  });

  test("that is a bare error object is read as one", () => {
    const reading = read(open("gemini", "text/event-stream"), ' {"error":', '{"code":500,"message":"internal"}}');
    expect(reading).toMatchObject({ ending: "error", errorMessage: "internal" });
  });

  test("is known by its first bytes when the type says JSON or nothing", () => {
    for (const type of ["application/json", "", "text/plain"]) {
      expect(read(open("openai-chat", type), "d", chat.slice(1).join("").slice(1))).toMatchObject({ usage: chatUsage });
    }
    expect(read(open("openai-chat", "text/plain"), "data analysis: a transcript").ending).toBe("complete");
  });

  test("with an event too large to keep is not accused of a missing finish, and its ends are read", () => {
    const large = {
      type: "response.completed",
      response: { model: "m-2", output: "x".repeat(3_000_000), usage: { input_tokens: 5 } },
    };
    const reading = read(open("openai-responses", "text/event-stream"), `data: ${JSON.stringify(large)}\n\n`);
    expect(reading).toEqual({ usage: { inputTokens: 5 }, model: "m-2", ending: "complete" });
  });
});

describe("JSON lines", () => {
  const lines = '{"model":"m","message":{"content":"a"},"done":false}\n{"done":true,"eval_count":4}';

  test("are read to the last one", () => {
    expect(read(open("ollama", "application/x-ndjson"), lines)).toEqual({
      usage: { outputTokens: 4 },
      model: "m",
      ending: "complete",
    });
  });

  test("without the last one are truncated", () => {
    expect(read(open("ollama", "application/x-ndjson"), lines.split("\n")[0] as string).ending).toBe("truncated");
  });

  test("can end in an error", () => {
    const reading = read(open("ollama", "application/x-ndjson"), '{"error":"runner stopped"}\n');
    expect(reading).toMatchObject({ ending: "error", errorMessage: "runner stopped" });
  });
});

describe("an event-stream", () => {
  const type = "application/vnd.amazon.eventstream";
  const frames = [
    encodeBedrockEvent("messageStart", { role: "assistant" }),
    encodeBedrockEvent("contentBlockDelta", { delta: { text: "a" } }),
    encodeBedrockEvent("messageStop", { stopReason: "end_turn" }),
    encodeBedrockEvent("metadata", { usage: { inputTokens: 2, outputTokens: 1 } }),
  ];

  test("is read whole, truncated after a cut, an error when damaged", () => {
    expect(read(open("bedrock-converse", type), ...frames)).toEqual({
      usage: { inputTokens: 2, outputTokens: 1 },
      model: null,
      ending: "complete",
    });
    expect(read(open("bedrock-converse", type), ...frames.slice(0, 2)).ending).toBe("truncated");
    expect(read(open("bedrock-converse", type), Buffer.concat(frames).subarray(0, -3)).ending).toBe("truncated");
    const damaged = Buffer.concat(frames);
    damaged[damaged.length - 20] = 0;
    expect(read(open("bedrock-converse", type), damaged)).toMatchObject({
      ending: "error",
      errorMessage: "event-stream message 4: message checksum does not match",
    });
  });

  test("tells exceptions of the service", () => {
    const frame = encodeEventStreamFrame(
      { ":message-type": "exception", ":exception-type": "throttlingException" },
      '{"message":"slow"}',
    );
    expect(read(open("bedrock-converse", type), frame)).toMatchObject({
      ending: "error",
      errorMessage: '{"message":"slow"}',
    });
  });

  test("of base64 payloads is unwrapped", () => {
    const wrap = (event: unknown) =>
      encodeBedrockEvent("chunk", { bytes: Buffer.from(JSON.stringify(event)).toString("base64") });
    const events = [
      wrap({ type: "message_start", message: { model: "m", usage: { input_tokens: 4, output_tokens: 1 } } }),
      wrap({ type: "content_block_delta", delta: { text: "a" } }),
      wrap({ type: "message_delta", usage: { output_tokens: 9 } }),
      wrap({ type: "message_stop" }),
    ];
    expect(read(open("bedrock-invoke", type), ...events)).toEqual({
      usage: { inputTokens: 4, outputTokens: 9 },
      model: "m",
      ending: "complete",
    });
  });
});

describe("a plain body", () => {
  const body = JSON.stringify({ model: "m", choices: [{}], usage: { prompt_tokens: 3, completion_tokens: 4 } });

  test("is content from its first visible byte", () => {
    const tap = open("openai-chat", "application/json");
    tap.observe(Buffer.from("\n \n"));
    expect(tap.progress).toBe("prelude");
    tap.observe(Buffer.from(body));
    expect([tap.progress, tap.atEventBorder]).toEqual(["content", false]);
    expect(tap.finish()).toEqual({ usage: chatUsage, model: "m", ending: "complete" });
  });

  test("above the bound is read at both ends", () => {
    const large = JSON.stringify({
      model: "m",
      data: "x".repeat(5_000_000),
      usage: { prompt_tokens: 3, completion_tokens: 4 },
    });
    const pieces = large.match(/.{1,65536}/gs) ?? [];
    expect(read(open("openai-embeddings", "application/json"), ...pieces)).toEqual({
      usage: chatUsage,
      model: "m",
      ending: "complete",
    });
    const native = JSON.stringify({ model: "m", embeddings: "x".repeat(5_000_000), prompt_eval_count: 8 });
    expect(read(open("ollama", "application/json"), native).usage).toEqual({ inputTokens: 8 });
  });

  test("with an error object is an error, with a null one is not", () => {
    expect(read(open("openai-chat", "application/json"), '{"error":{"message":"no"}}')).toMatchObject({
      ending: "error",
      errorMessage: "no",
    });
    expect(read(open("openai-responses", "application/json"), '{"object":"response","error":null}').ending).toBe(
      "complete",
    );
  });

  test("that streams an array is whole only with its finish", () => {
    const first = '[{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":2}}';
    const last =
      ',{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":2,"candidatesTokenCount":1}}]';
    expect(read(open("gemini", "application/json"), first, last)).toEqual({
      usage: { inputTokens: 2, outputTokens: 1 },
      model: null,
      ending: "complete",
    });
    expect(read(open("gemini", "application/json"), `${first}]`).ending).toBe("truncated");
    expect(read(open("gemini", "application/json"), first)).toEqual({
      usage: { inputTokens: 2 },
      model: null,
      ending: "truncated",
    });
    expect(
      read(open("huggingface", "application/json"), '[{"generated_text":"a","details":{"generated_tokens":7}}]').usage,
    ).toEqual({ outputTokens: 7 });
  });

  test("that is no JSON after all is passed over", () => {
    expect(read(open("openai-chat", "application/json"), '{"usage":{"prompt_tokens":1}} {"usage":')).toEqual({
      usage: null,
      model: null,
      ending: "complete",
    });
  });
});

describe("content codings", () => {
  const encoders = {
    gzip: zlib.gzipSync,
    br: zlib.brotliCompressSync,
    zstd: zlib.zstdCompressSync,
    deflate: zlib.deflateSync,
  };

  test.each(Object.entries(encoders))("%s is decoded at the end, streams too", (coding, encode) => {
    const tap = open("openai-chat", "text/event-stream", { coding });
    const bytes = encode(Buffer.from(chat.join("")));
    expect(tap.progress).toBe("nothing");
    tap.observe(bytes.subarray(0, 1));
    expect([tap.progress, tap.atEventBorder]).toEqual(["content", false]);
    expect(read(tap, bytes.subarray(1))).toEqual({ usage: chatUsage, model: "m-1", ending: "complete" });
  });

  test("that cannot be decoded leave the answer unread", () => {
    const unread = { usage: null, model: null, ending: "complete" };
    expect(read(open("openai-chat", "application/json", { coding: "gzip" }), "no gzip")).toEqual(
      unread as AnswerReading,
    );
    expect(read(open("openai-chat", "application/json", { coding: "dcb" }), "x")).toEqual(unread as AnswerReading);
  });
});

test.each([
  ["an error status", "openai-chat", "application/json", 429],
  ["audio", "openai-chat", "audio/mpeg", 200],
  ["a file", "openai-chat", "application/octet-stream", 200],
  ["an opaque dialect", "opaque", "application/json", 200],
])("%s is not read", (...[, dialect, type, status]) => {
  const tap = open(dialect as DialectId, type, { status });
  expect(tap.progress).toBe("nothing");
  expect(read(tap, '{"error":{"message":"no"},"usage":{"prompt_tokens":1}}')).toEqual({
    usage: null,
    model: null,
    ending: "complete",
  });
  expect(tap.progress).toBe("content");
});

test("no bytes make a tap throw", () => {
  const types = [
    "application/json",
    "text/event-stream",
    "application/x-ndjson",
    "application/vnd.amazon.eventstream",
    "text/plain",
    "",
  ];
  const text = fc.constantFrom(
    "data: ",
    "{",
    "}",
    "[",
    '"usage":',
    '{"usage":{"prompt_tokens":1}}',
    "\n\n",
    "null",
    '"error":',
    "1",
    ",",
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
    fc.array(text, { maxLength: 12 }).map((parts) => Buffer.from(parts.join(""))),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...dialectIds),
      fc.constantFrom(...types),
      fc.constantFrom("", "gzip", "br"),
      fc.array(bytes, { maxLength: 6 }),
      (...[dialect, type, coding, pieces]) => {
        const reading = read(open(dialect, type, { coding }), ...pieces);
        expect(["complete", "truncated", "error"]).toContain(reading.ending);
      },
    ),
    { numRuns: 2000 },
  );
});
