import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import zlib from "node:zlib";
import type { TokenUsage } from "../../src/core/usage.ts";
import type { DialectId } from "../../src/dialects/dialect.ts";
import { UsageReader } from "../../src/dialects/read-usage.ts";
import { findDialect } from "../../src/dialects/registry.ts";
import { openAnswerTap, type AnswerReading } from "../../src/streaming/answer-tap.ts";
import {
  bodyBytes,
  findRecordings,
  readRecordings,
  recordedProviders,
  type RecordedExchange,
} from "../support/recordings.ts";
import { labelNames, type LabelledUsage } from "../support/labelled-usage.ts";
import { independentUsage } from "./independent-usage.ts";
import { recordedDialect } from "./recorded-dialect.ts";

const encoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: zlib.gzipSync,
  br: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
  zstd: zlib.zstdCompressSync,
  "deflate, gzip": (bytes) => zlib.gzipSync(zlib.deflateSync(bytes)),
};

/** Streams, and 2xx answers with an error in them, that do not simply end well; by id, since each was looked at. */
const oddAnswers: Readonly<Record<string, string>> = {
  // An error object in a plain body with status 200.
  fe5c5fda6c152bdb8007: "error",
  "53bff20f68048f25d05a": "error",
  c96c25924e6f89fd2023: "error",
  "92e3e47962fbe0c3ac15": "error",
  e15442f8c07de0e5b9f5: "error",
  "242eafa3dbe3e7325c20": "error",
  // `response.failed` in a stream.
  "7e49075193def1484bbf": "error",
  // The last event's JSON lacks its closing brace.
  b44a35f3cfebe1dbe257: "truncated",
  // A completion of which only the first words were kept: no finish reason, no `[DONE]`.
  c883b36539ddf94e8a15: "truncated",
  // Frames of a live session written out as events; the turn never completes.
  "5732d9ee378d7b9cac06": "truncated",
};

const directory = findRecordings();

describe.skipIf(directory === null)("recorded answers", () => {
  const providers = directory === null ? [] : recordedProviders(directory);
  const seenOdd: Record<string, string> = {};
  let withUsage = 0;
  let streams = 0;

  for (const provider of providers) {
    test(`usage of ${provider}`, async () => {
      const random = seededRandom(provider.length + 7);
      const codings = Object.keys(encoders);
      let index = 0;
      for await (const exchange of readRecordings(directory as string, provider)) {
        const isSuccess = exchange.response.status >= 200 && exchange.response.status < 300;
        const expected = isSuccess ? independentUsage(recordedDialect(exchange), exchange) : null;
        const body = bodyBytes(exchange.response);
        const plain = readAnswer(exchange, { coding: "", body, random });
        expect({ id: exchange.id, usage: plain.usage }).toEqual({ id: exchange.id, usage: expected });
        const coding = codings[index++ % codings.length] as string;
        const encoded = (encoders[coding] as (bytes: Buffer) => Buffer)(body);
        const decoded = readAnswer(exchange, { coding, body: encoded, random });
        expect({ id: exchange.id, coding, reading: decoded }).toEqual({ id: exchange.id, coding, reading: plain });
        if (expected !== null) withUsage += 1;
        if (exchange.response.stream) streams += 1;
        if (plain.ending !== "complete") seenOdd[exchange.id] = plain.ending;
      }
    }, 120_000);
  }

  test("every odd ending is a known one, and nothing was passed over", () => {
    expect(seenOdd).toEqual(oddAnswers);
    expect({ withUsage, streams }).toEqual({ withUsage: 5095, streams: 1586 });
  });
});

const usagesFile = resolve(import.meta.dir, "../../../../shared/data/usages.json");
const hasUsages = existsSync(usagesFile);
if (!hasUsages) console.log(`skipped: no labelled usages at ${usagesFile}`);

/** Rows whose labels differ from our reading on principle; the list is exact. */
const principledDifferences: Readonly<Record<number, { readonly why: string; readonly ours: Partial<TokenUsage> }>> = {
  105: {
    why: "the vendor's top-level counts leave out compacting the context, which is billed: 100 + 55096 + 180 in, 82 + 8 out",
    ours: {
      inputTokens: 55_376,
      inputCacheCreationTokens: 55_096,
      inputCacheCreation5mTokens: 55_096,
      outputTokens: 90,
    },
  },
  506: {
    why: "the labels leave out the text share of an audio prompt that the usage tells",
    ours: { inputTextTokens: 12, outputTextTokens: 72 },
  },
  554: { why: "the labels leave out the lifetime in `cacheDetails`", ours: { inputCacheCreation5mTokens: 2074 } },
  555: { why: "the labels leave out the lifetime in `cacheDetails`", ours: { inputCacheCreation5mTokens: 297 } },
};

describe.skipIf(!hasUsages)("labelled usages", () => {
  const rows = hasUsages ? (JSON.parse(readFileSync(usagesFile, "utf8")) as LabelledUsage[]) : [];

  test("every row reads as labelled, but for the principled differences", () => {
    expect(rows.length).toBe(786);
    for (const [index, row] of rows.entries()) {
      const { dialect, flavors } = labelledDialect(row);
      const reader = new UsageReader(findDialect(dialect), []);
      reader.note(row.body);
      const usage = reader.usage() ?? {};
      const labels = { ...labelsOf(row, flavors), ...principledDifferences[index]?.ours };
      const names = new Set(Object.values(labelNames));
      const ours = Object.entries(usage).filter(([name, value]) => names.has(name as keyof TokenUsage) && value !== 0);
      expect({ index, usage: Object.fromEntries(ours) }).toEqual({ index, usage: labels });
    }
  });
});

/** What the labels say under the names of our vocabulary. `input_text_tool_tokens` has no name there: it repeats `input_tool_tokens`. */
function labelsOf(row: LabelledUsage, flavors: (flavor: string) => boolean): Partial<TokenUsage> {
  const labels: Record<string, number> = {};
  for (const { extractors, usage } of row.extracted) {
    if (!extractors.some((extractor) => flavors(`${extractor.provider_id}/${extractor.api_flavor}`))) continue;
    for (const [name, value] of Object.entries(usage)) {
      if (name === "input_text_tool_tokens") {
        expect(value).toBe(usage["input_tool_tokens"] as number);
        continue;
      }
      const field = labelNames[name] as string;
      expect({ field, value: labels[field] ?? value }).toEqual({ field, value });
      labels[field] = value;
    }
  }
  return labels as Partial<TokenUsage>;
}

/**
 * The dialect a row's shape belongs to, and the extractors that know it. Left out on principle: `cohere/default` counts billed units where the others
 * count tokens; `x-ai/chat` adds reasoning always, though all rows here prove by their totals that it is included already.
 */
function labelledDialect(row: LabelledUsage): { dialect: DialectId; flavors: (flavor: string) => boolean } {
  const { usageMetadata, meta, usage = {} } = row.body;
  const one = (dialect: DialectId, ...names: string[]) => ({
    dialect,
    flavors: (flavor: string) => names.includes(flavor),
  });
  if (usageMetadata !== undefined) return one("gemini", "google/default");
  if (meta !== undefined) return one("cohere", "cohere/embeddings");
  if ("tokens" in usage) return one("cohere", "cohere/tokens");
  if ("inputTokens" in usage) return one("bedrock-converse", "aws/default");
  if ("prompt_tokens" in usage && "completion_tokens" in usage) {
    return { dialect: "openai-chat", flavors: (flavor) => /\/(chat|default)$/.test(flavor) && flavor !== "x-ai/chat" };
  }
  if ("prompt_tokens" in usage) return one("openai-embeddings", "openai/embeddings");
  if ("cache_read_input_tokens" in usage || "cache_creation" in usage)
    return one("anthropic-messages", "anthropic/default");
  return one("openai-responses", "openai/responses");
}

interface Sending {
  readonly coding: string;
  readonly body: Buffer;
  readonly random: () => number;
}

function readAnswer(exchange: RecordedExchange, { coding, body, random }: Sending): AnswerReading {
  const headers = [...Object.entries(exchange.response.headers).flat(), "content-encoding", coding];
  const dialect = findDialect(recordedDialect(exchange));
  const tap = openAnswerTap({ dialect, status: exchange.response.status, headers });
  for (let start = 0; start < body.length;) {
    const end = start + 1 + Math.floor(random() * random() * 2000);
    tap.observe(body.subarray(start, end));
    start = end;
  }
  return tap.finish();
}

/** Numbers from 0 to 1, the same in every run (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
