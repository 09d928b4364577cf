import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GoogleGenAI, type LiveServerMessage, Modality } from "@google/genai";
import { startSocketUpstream } from "../../support/socket-upstream.ts";
import { startGateway } from "../../support/start-gateway.ts";
import { startTlsFront } from "../../support/tls-front.ts";
import { until } from "../../support/until.ts";
import { realtimeScript, responseUsage, spokenPieces } from "./realtime-session.ts";

const node = Bun.which("node");
if (node === null) console.log("skipped: the OpenAI client's socket by ws, because there is no node here");
const ways = [
  { name: "ws under plain Node", runtime: node, entry: "openai/realtime/ws" },
  { name: "the runtime's own WebSocket", runtime: process.execPath, entry: "openai/realtime/websocket" },
];

for (const { name, runtime, entry } of ways) {
  test.skipIf(runtime === null)(
    `D18 the OpenAI client's realtime socket (${name}) holds a session, and it is priced`,
    async () => {
      using provider = startSocketUpstream(realtimeScript("gpt-realtime"));
      const gateway = await startGateway({ providers: { openai: { base_url: `${provider.url}/v1`, dialect: null } } });
      using front = startTlsFront(gateway.port);
      const folder = mkdtempSync(join(tmpdir(), "headgate-realtime-"));
      try {
        const authority = join(folder, "ca.pem");
        writeFileSync(authority, front.ca);
        const baseUrl = `https://localhost:${front.port}/v1/default/default/openai`;
        const told = await holdSession([runtime as string, script, entry], { baseUrl, authority });
        expect(told).toEqual({
          model: ["gpt-realtime"],
          done: [responseUsage.total_tokens, responseUsage.total_tokens],
          heard: [[...spokenPieces, ...spokenPieces]],
          error: [expect.stringContaining("what?")],
          close: [{ code: 1000, reason: "done" }],
        });
        expect(provider.sessions[0]?.headers.get("authorization")).toBe("Bearer sk-fake");
        await until("a record", () => gateway.recordCount() === 1);
        expect(gateway.records()[0]).toMatchObject(pricedSession);
      } finally {
        await gateway.stop();
        rmSync(folder, { recursive: true });
      }
    },
  );
}

const script = join(import.meta.dir, "hold-realtime-session.mjs");

/** Two responses: 238 text and 26 audio tokens of input, 128 of the text cached; 60 text and 182 audio tokens of output. */
const pricedSession = {
  requestType: "websocket",
  statusCode: 101,
  success: true,
  model: "gpt-realtime",
  usage: {
    inputTokens: 264,
    outputTokens: 242,
    inputAudioTokens: 26,
    inputCachedTokens: 128,
    inputCachedTextTokens: 128,
    outputAudioTokens: 182,
  },
  // In USD a million tokens: 4 of text, 0.4 of cached text and 32 of audio go in, 16 of text and 64 of audio come out.
  cost: { state: "priced", nanoUsd: 13_931_200 },
};

/** Runs the client in a process of its own. @returns what it told, by what it told of. */
async function holdSession(
  command: readonly string[],
  { baseUrl, authority }: { baseUrl: string; authority: string },
): Promise<Record<string, unknown[]>> {
  const child = Bun.spawn([...command], {
    env: { PATH: process.env["PATH"] ?? "", OPENAI_BASE_URL: baseUrl, NODE_EXTRA_CA_CERTS: authority },
    stdout: "pipe",
    stderr: "pipe",
    timeout: 15_000,
  });
  const [told, complaints] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect({ exitCode: await child.exited, complaints }).toEqual({ exitCode: 0, complaints: "" });
  const values: Record<string, unknown[]> = {};
  for (const line of told.trim().split("\n")) {
    const { what, value } = JSON.parse(line) as { what: string; value: unknown };
    (values[what] ??= []).push(value);
  }
  return values;
}

test("D18 the live sessions of @google/genai, with usage turn by turn", async () => {
  const usageMetadata = { promptTokenCount: 10, responseTokenCount: 5, totalTokenCount: 15 };
  using provider = startSocketUpstream({
    message(session, message) {
      const said = JSON.parse(String(message)) as { setup?: unknown; clientContent?: unknown };
      // The vendor writes its JSON into binary messages.
      const send = (event: unknown) => session.send(Buffer.from(JSON.stringify(event)));
      if (said.setup !== undefined) send({ setupComplete: {} });
      if (said.clientContent === undefined) return;
      send({ serverContent: { modelTurn: { parts: [{ text: "Loire" }] } }, usageMetadata });
      send({ serverContent: { turnComplete: true }, usageMetadata });
    },
  });
  const gateway = await startGateway({ providers: { "google-ai-studio": { base_url: provider.url, dialect: null } } });
  try {
    const baseUrl = `${gateway.url}/v1/default/default/google-ai-studio`;
    const heard: LiveServerMessage[] = [];
    const session = await new GoogleGenAI({ apiKey: "fake-key", httpOptions: { baseUrl } }).live.connect({
      model: "gemini-2.0-flash-live-001",
      config: { responseModalities: [Modality.TEXT] },
      callbacks: { onmessage: (message) => void heard.push(message) },
    });
    const turnsHeard = () => heard.filter(({ serverContent }) => serverContent?.turnComplete === true).length;
    for (const turn of [1, 2]) {
      session.sendClientContent({ turns: "Name a river." });
      await until("a turn", () => turnsHeard() === turn);
    }
    session.close();
    await until("a record", () => gateway.recordCount() === 1);
    expect(provider.sessions[0]?.target).toBe(
      "/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent?key=fake-key",
    );
    expect(gateway.records()[0]).toMatchObject({
      provider: "google-ai-studio",
      model: "gemini-2.0-flash-live-001",
      usage: { inputTokens: 20, outputTokens: 10, totalTokens: 30 },
      outcome: "complete",
    });
    expect(JSON.stringify(gateway.records())).not.toContain("fake-key");
  } finally {
    await gateway.stop();
  }
});
