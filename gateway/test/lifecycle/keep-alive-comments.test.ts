import { afterEach, describe, expect, test } from "bun:test";
import { eventBorders } from "../support/event-borders.ts";
import { requestOnce } from "../support/raw-client.ts";
import type { RawResponse } from "../support/raw-response.ts";
import { bodyBytes } from "../support/recordings.ts";
import type { RecordedExchange } from "../support/recordings.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";

const comment = ": keep-alive\n\n";
let open: { stop(): void | Promise<void> }[] = [];

afterEach(async () => {
  for (const part of open.toReversed()) await part.stop();
  open = [];
});

async function ask(exchange: RecordedExchange, keepAliveMs: number, ...lines: string[]): Promise<RawResponse> {
  const upstream = startReplayUpstream({ exchanges: [exchange] });
  const gateway = await startGateway({
    providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } },
    streams: { keep_alive_ms: keepAliveMs },
  });
  open.push(upstream, gateway);
  return requestOnce(gateway.port, {
    method: "POST",
    target: "/openai/chat/completions",
    headerLines: ["host: a", `x-replay-id: ${exchange.id}`, ...lines],
    body: bodyBytes(exchange.request),
  });
}

const stream = sampleExchange("openai-chat-stream");
const body = bodyBytes(stream.response);

function commentsIn(answer: RawResponse): number {
  return answer.body.toString().split(comment).length - 1;
}

/** Offsets in the provider's body at which comments stand. */
function commentOffsets(answer: RawResponse): number[] {
  const parts = answer.body.toString("latin1").split(comment);
  let offset = 0;
  return parts.slice(0, -1).map((part) => (offset += part.length));
}

describe("keep-alive comments", () => {
  test("stand between events when the provider is silent, and nothing else changes", async () => {
    const answer = await ask(
      stream,
      60,
      "x-replay-split: events",
      "x-replay-slow-ms: 150",
      "x-replay-first-byte-delay-ms: 150",
    );
    const offsets = commentOffsets(answer);
    expect(offsets.length).toBeGreaterThan(4);
    expect(offsets[0]).toBe(0);
    const borders = new Set([0, ...eventBorders(body, "text/event-stream")]);
    expect(offsets.filter((offset) => !borders.has(offset))).toEqual([]);
    expect([answer.body.toString().replaceAll(comment, ""), answer.ending]).toEqual([body.toString(), "clean"]);
  });

  test("never stand inside an event", async () => {
    const borders = eventBorders(body, "text/event-stream");
    const inside = (borders[0] as number) + 20;
    const answer = await ask(stream, 40, `x-replay-split: at:${inside}`, "x-replay-slow-ms: 250");
    expect([answer.body.toString(), answer.ending]).toEqual([body.toString(), "clean"]);
  });

  test("do not come while the stream is lively", async () => {
    const answer = await ask(stream, 150, "x-replay-split: events", "x-replay-slow-ms: 50");
    expect(commentsIn(answer)).toBe(0);
  });

  test("are off unless asked for", async () => {
    const answer = await ask(stream, 0, "x-replay-split: events", "x-replay-slow-ms: 60");
    expect(answer.body).toEqual(body);
  });

  test.each([
    ["a body of known length", stream, "x-replay-framing: length"],
    ["an encoded body", stream, "x-replay-encoding: gzip"],
    ["an answer that is no event stream", sampleExchange("openai-chat"), "x-replay-framing: chunked"],
  ])("leave %s alone", async (_, exchange, line) => {
    const answer = await ask(
      exchange,
      30,
      line,
      "x-replay-split: 150",
      "x-replay-slow-ms: 50",
      "x-replay-first-byte-delay-ms: 100",
    );
    expect(answer.ending).toBe("clean");
    expect(answer.body.includes(comment)).toBe(false);
    if (!line.includes("gzip")) expect(answer.body).toEqual(bodyBytes(exchange.response));
  });
});
