import { expect, test } from "bun:test";
import { codeSamples } from "./code-samples.ts";

const place = { origin: "https://gw.test", accountId: "acme", gatewayId: "prod", needsToken: false };

test("every client there is, each addressed to this gateway", () => {
  const samples = codeSamples(place);
  expect(samples.map(({ client, language }) => `${client} ${language}`)).toEqual([
    "curl Shell",
    "OpenAI TypeScript",
    "OpenAI Python",
    "Anthropic TypeScript",
    "Anthropic Python",
    "Gemini TypeScript",
    "Gemini Python",
    "Hugging Face TypeScript",
    "Hugging Face Python",
    "Replicate TypeScript",
    "Replicate Python",
    "AI SDK TypeScript",
    "Universal endpoint Shell",
  ]);
  for (const { code } of samples) {
    expect(code).toContain("https://gw.test/v1/acme/prod");
    expect(code).not.toContain("HEADGATE_TOKEN");
  }
});

test("all of them carry a token where the gateway asks for one, and are well formed", () => {
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  for (const { language, code } of codeSamples({ ...place, needsToken: true })) {
    expect(code).toContain("HEADGATE_TOKEN");
    if (language === "TypeScript") transpiler.transformSync(code);
    if (language === "Shell") expect(Bun.spawnSync(["sh", "-n", "-c", code]).exitCode).toBe(0);
  }
});
