/** A provider of chat completions, whole and streamed. */
export interface ChatProvider extends AsyncDisposable {
  /** `headgate.yaml` that sends a provider there. */
  readonly yaml: string;
}

/** Tokens it says it has used. */
interface ToldUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/** Of every model, unless a test says otherwise. */
const usualUsage: ToldUsage = { prompt_tokens: 21, completion_tokens: 37, total_tokens: 58 };

/** Starts one that answers with `words`; the model `broken` always fails. */
export function chatProvider(
  words: readonly string[],
  usageOf: (model: string) => ToldUsage = () => usualUsage,
): ChatProvider {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { model, stream } = (await request.json()) as { readonly model: string; readonly stream?: boolean };
      const usage = usageOf(model);
      if (model === "broken") return Response.json({ error: { message: "the model is away" } }, { status: 503 });
      if (stream === true) {
        return new Response(chunks(model, { words, usage }), { headers: { "content-type": "text/event-stream" } });
      }
      const message = { role: "assistant", content: words.join("") };
      return Response.json({ model, choices: [{ index: 0, message, finish_reason: "stop" }], usage });
    },
  });
  return {
    yaml: `providers:\n  openai: { base_url: "http://127.0.0.1:${server.port}/v1" }\n`,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

async function* chunks(
  model: string,
  { words, usage }: { readonly words: readonly string[]; readonly usage: ToldUsage },
): AsyncGenerator<string> {
  const chunk = (delta: object, reason: string | null, more: object = {}): string =>
    `data: ${JSON.stringify({ model, choices: [{ index: 0, delta, finish_reason: reason }], ...more })}\n\n`;
  for (const word of words) {
    yield chunk({ content: word }, null);
    await Bun.sleep(20);
  }
  yield chunk({}, "stop", { usage });
  yield "data: [DONE]\n\n";
}
