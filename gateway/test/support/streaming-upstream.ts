/** An upstream that streams. */
export interface StreamingUpstream extends Disposable {
  readonly baseUrl: string;
  /** `headgate.yaml` that sends a provider there. */
  readonly yaml: string;
}

/** Answers every request with an event stream of `eventCount` events, `gapMs` apart, and `[DONE]`. */
export function streamingUpstream(eventCount: number, gapMs: number): StreamingUpstream {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    fetch: () => new Response(events(eventCount, gapMs), { headers: { "content-type": "text/event-stream" } }),
  });
  const baseUrl = `http://127.0.0.1:${server.port}/v1`;
  return {
    baseUrl,
    yaml: `providers:\n  openai: { base_url: "${baseUrl}" }\n`,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

async function* events(eventCount: number, gapMs: number): AsyncGenerator<string> {
  for (let index = 0; index < eventCount; index += 1) {
    const finish = index === eventCount - 1 ? '"stop"' : "null";
    yield `data: {"model":"sample","choices":[{"index":0,"delta":{"content":"${index} "},"finish_reason":${finish}}]}\n\n`;
    await Bun.sleep(gapMs);
  }
  yield "data: [DONE]\n\n";
}
