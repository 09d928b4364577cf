/** What the traffic asks of the provider, and what that answers. */
export interface SoakQuestion {
  /** `answer` and `stream` come whole; `long` is a stream that takes a while; the others go wrong. */
  readonly deed: "answer" | "stream" | "long" | "fail" | "break" | "refuse";
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The provider that made-up requests go to: one that no recording is of. */
export const generatedProvider = "cerebras";

/** A provider whose answers have the shape of a vendor's, with the usage that the question names. */
export interface SoakUpstream extends Disposable {
  readonly url: string;
  /** Keys that are refused from now on. */
  refuseKeys(keys: ReadonlySet<string>): void;
}

const sentence = "The Rhine begins in the Alps and ends in the North Sea. ";

/** Starts one on a free port of 127.0.0.1. The question stands in the last message of a chat request. */
export function startSoakUpstream(): SoakUpstream {
  let refused: ReadonlySet<string> = new Set();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    development: false,
    error: () => errorAnswer(500, "broken off"),
    async fetch(request) {
      const { messages } = (await request.json()) as { messages: { content: string }[] };
      const key = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
      if (refused.has(key)) return errorAnswer(401, "no such key");
      return answerTo(JSON.parse(messages.at(-1)?.content ?? "{}") as SoakQuestion);
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    refuseKeys(keys) {
      refused = keys;
    },
    [Symbol.dispose]: () => void server.stop(true),
  };
}

function answerTo({ deed, inputTokens, outputTokens }: SoakQuestion): Response {
  const usage = {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
  if (deed === "fail") return errorAnswer(500, "out of order");
  if (deed === "refuse") return errorAnswer(400, "no such model");
  if (deed === "answer") {
    const choices = [{ index: 0, message: { role: "assistant", content: sentence.repeat(20) }, finish_reason: "stop" }];
    return Response.json({ id: "c", object: "chat.completion", created: 1, model: "gpt-4o-mini", choices, usage });
  }
  const isLong = deed === "long";
  return new Response(
    events({ usage, count: isLong ? 200 : 30, pauseMs: isLong ? 20 : 1, isBroken: deed === "break" }),
    {
      headers: { "content-type": "text/event-stream" },
    },
  );
}

function errorAnswer(status: number, message: string): Response {
  return Response.json({ error: { message, type: "x", code: null } }, { status });
}

interface EventPlan {
  readonly usage: object;
  readonly count: number;
  readonly pauseMs: number;
  /** Breaks off in the middle. */
  readonly isBroken: boolean;
}

function events({ usage, count, pauseMs, isBroken }: EventPlan): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      if (isBroken && sent === 10) {
        controller.error(new Error("broken off"));
        return;
      }
      if (sent % 5 === 4) await Bun.sleep(pauseMs);
      const isLast = sent === count;
      const choices = isLast ? [] : [{ index: 0, delta: { content: sentence }, finish_reason: null }];
      const chunk = { id: "c", object: "chat.completion.chunk", created: 1, model: "gpt-4o-mini", choices };
      controller.enqueue(encoder.encode(`data: ${JSON.stringify(isLast ? { ...chunk, usage } : chunk)}\n\n`));
      sent += 1;
      if (!isLast) return;
      controller.enqueue(encoder.encode("data: [DONE]\n\n"));
      controller.close();
    },
  });
}
