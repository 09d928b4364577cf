/** A chat endpoint whose answers cost what a test says. */
export interface ChatUpstream extends Disposable {
  readonly url: string;
  /** Requests that came. */
  readonly count: number;
  /** Says how long answers take, and what they tell they used. */
  answer(how: {
    readonly delayMs?: number;
    readonly inputTokens?: number;
    readonly outputTokens?: number;
    readonly status?: number;
    readonly gate?: Promise<void>;
  }): void;
}

/** An answer of the provider, or an error of the gateway as limits make it. */
export interface GatewayReply {
  readonly message: string;
  readonly error: readonly unknown[];
  readonly details: { readonly limit: Readonly<Record<string, number>> };
}

/** Starts one on a free port of 127.0.0.1. */
export function startChatUpstream(): ChatUpstream {
  let count = 0;
  let how: Parameters<ChatUpstream["answer"]>[0] = {};
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { model = "gpt-4o-mini" } = (await request.json().catch(() => ({}))) as { model?: string };
      count += 1;
      const { delayMs = 0, inputTokens = 10, outputTokens = 10, status = 200, gate } = how;
      await gate;
      if (delayMs > 0) await Bun.sleep(delayMs);
      if (status !== 200) return Response.json({ error: { message: "no", type: "x", code: null } }, { status });
      const usage = {
        prompt_tokens: inputTokens,
        completion_tokens: outputTokens,
        total_tokens: inputTokens + outputTokens,
      };
      const choices = [{ index: 0, message: { role: "assistant", content: "Rhine." }, finish_reason: "stop" }];
      return Response.json({ id: "c", object: "chat.completion", created: 1, model, choices, usage });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    get count() {
      return count;
    },
    answer(next) {
      how = next;
    },
    [Symbol.dispose]: () => void server.stop(true),
  };
}
