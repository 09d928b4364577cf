import { expect, test } from "bun:test";
import { type PlaygroundAnswer, sendRequest } from "./send-request.ts";

function serve(answer: (request: Request) => Response) {
  return Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
}

async function lastTold(url: string, signal = new AbortController().signal): Promise<PlaygroundAnswer> {
  const told: PlaygroundAnswer[] = [];
  await sendRequest({ url, headers: {}, body: "{}" }, signal, (answer) => told.push(answer));
  return told.at(-1) as PlaygroundAnswer;
}

test("a stream comes in pieces, its end tells the cost", async () => {
  const body = 'data: {"a":1}\n\ndata: [DONE]\n\n: cf-aig-usage {"cf-aig-cost":"0.1"}\n\n';
  await using server = serve(
    () => new Response(body, { headers: { "content-type": "text/event-stream", "cf-aig-log-id": "x" } }),
  );
  const answer = await lastTold(server.url.href);
  expect(answer.step).toBe("done");
  expect(answer.pieces.map(({ data }) => data)).toEqual(['{"a":1}', "[DONE]"]);
  expect(answer.usage).toEqual({ "cf-aig-log-id": "x", "cf-aig-cost": "0.1" });
});

test("errors of a provider are answers, a server that is away is a failure", async () => {
  const server = serve(() => Response.json({ error: { message: "no" } }, { status: 500 }));
  const answer = await lastTold(server.url.href);
  expect([answer.step, answer.status, answer.pieces.length]).toEqual(["done", 500, 1]);
  await server.stop(true);
  expect((await lastTold(server.url.href)).step).toBe("failed");
  expect((await lastTold(server.url.href, AbortSignal.abort())).step).toBe("stopped");
});
