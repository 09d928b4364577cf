import { expect, test } from "bun:test";
import { join } from "node:path";
import { sampleExchange } from "../../support/samples.ts";
import { answerOf, jsonAnswer, streamOf } from "./answers.ts";
import { startClientWays } from "./client-ways.ts";
import type { ClientWays } from "./client-ways.ts";

const node = Bun.which("node");
if (node === null) console.log("skipped: the OpenAI client under Node, because there is no node here");

interface Told {
  readonly what: string;
  readonly value: unknown;
}

test.skipIf(node === null)("the OpenAI client under plain Node: plain, streamed, aborted, failed, broken", async () => {
  const ways = await startClientWays("openai", { configured: "/v1", direct: "/v1", through: "" });
  try {
    const told = await runOnNode(ways);
    const values = (what: string): unknown[] => told.filter((one) => one.what === what).map(({ value }) => value);
    expect(values("runtime")).toEqual(["node"]);
    expect(values("plain")).toEqual(["The Loire 🏞️."]);
    expect(values("piece")).toEqual(["The ", "Loire 🏞️, près d’Orléans"]);
    expect(values("aborted")).toEqual([true]);
    expect(values("error")).toEqual([
      { name: "RateLimitError", message: "429 Rate limit reached", code: "rate_limit_exceeded" },
    ]);
    expect(values("brokenStream")).toEqual([expect.stringMatching(/The provider broke off: |terminated/)]);
    const outcomes = ways.gateway.records().map(({ outcome, statusCode }) => `${outcome} ${statusCode}`);
    expect(outcomes).toEqual([
      "complete 200",
      "complete 200",
      "client_aborted 200",
      "complete 429",
      "upstream_broken 200",
    ]);
  } finally {
    await ways.stop();
  }
});

/** Lets the script make its five calls; each stream goes on once the script has told of its first piece. */
async function runOnNode(ways: ClientWays): Promise<Told[]> {
  const gates = {
    first: Promise.withResolvers<void>(),
    never: new Promise<void>(() => {}),
    last: Promise.withResolvers<void>(),
  };
  const stream = sampleExchange("openai-chat-stream");
  const rateLimited = { message: "Rate limit reached", type: "requests", param: null, code: "rate_limit_exceeded" };
  const answers = [
    answerOf(sampleExchange("openai-chat")),
    streamOf(stream, 2, gates.first.promise),
    streamOf(stream, 2, gates.never),
    jsonAnswer(429, { error: rateLimited }),
    { ...streamOf(stream, 2, gates.last.promise), breakAfterPieces: 1 },
  ];
  ways.upstream.answer(() => answers.shift() ?? null);
  const child = Bun.spawn([node as string, join(import.meta.dir, "openai-on-node.mjs")], {
    env: { PATH: process.env["PATH"] ?? "", OPENAI_BASE_URL: ways.through },
    stdout: "pipe",
    stderr: "pipe",
    timeout: 15_000,
  });
  const told: Told[] = [];
  const decoder = new TextDecoder();
  let unread = "";
  for await (const bytes of child.stdout) {
    const lines = (unread + decoder.decode(bytes, { stream: true })).split("\n");
    unread = lines.pop() ?? "";
    for (const line of lines) {
      const one = JSON.parse(line) as Told;
      told.push(one);
      if (one.what === "piece") gates.first.resolve();
      if (one.what === "beforeBreak") gates.last.resolve();
    }
  }
  const complaints = await new Response(child.stderr).text();
  expect({ exitCode: await child.exited, complaints }).toEqual({ exitCode: 0, complaints: "" });
  return told;
}
