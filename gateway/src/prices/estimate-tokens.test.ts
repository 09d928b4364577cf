import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { estimateTokens } from "./estimate-tokens.ts";
import { loadTokenCounter } from "./load-token-counter.ts";

const samples: Readonly<Record<string, string>> = {
  prose:
    "The harbour was quiet that morning, apart from the gulls. Two fishermen mended their nets in the lee of the old customs house, and neither of them spoke until the sun had climbed above the breakwater.",
  german:
    "Die Straßenbahn hielt mit einem Ruck, und die Fahrgäste griffen nach den Halteschlaufen. Draußen regnete es seit Stunden; niemand hatte es besonders eilig auszusteigen.",
  russian: "Поезд остановился на маленькой станции, и пассажиры вышли на платформу подышать свежим воздухом.",
  chinese: "今天的天气很好,我们决定去公园散步。孩子们在草地上跑来跑去,老人们坐在长椅上聊天。",
  japanese: "朝の市場はいつも賑やかで、新鮮な魚や野菜を買いに来る人たちで混み合っています。",
  code: "export function area(shape) {\n  if (shape.kind === 'circle') return Math.PI * shape.radius ** 2;\n  return shape.width * shape.height;\n}\n",
  json: '{"orders": [{"id": 10482, "total": 19.95, "items": ["tea", "honey"]}, {"id": 10483, "total": 7.5, "items": []}]}',
};

describe("beside the tokenizer", () => {
  test.each(Object.entries(samples))("the estimate of %s is within three tenths", async (_name, text) => {
    const countTokens = await loadTokenCounter();
    const ratio = estimateTokens(text) / countTokens(text);
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.3);
  });
});

test("an estimate is a whole number, none for nothing, and no more than the text's length", () => {
  expect(estimateTokens("")).toBe(0);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const tokens = estimateTokens(text);
      expect(Number.isInteger(tokens) && tokens >= 0 && tokens <= Math.max(1, text.length)).toBe(true);
    }),
  );
});

describe("the tokenizer's guard", () => {
  test("counts prose as without it, and what looks like a control token as text", async () => {
    const { countTokens: unguarded } = await import("gpt-tokenizer/encoding/o200k_base");
    const countTokens = await loadTokenCounter();
    for (const text of Object.values(samples)) expect(countTokens(text)).toBe(unguarded(text));
    expect(countTokens("<|endoftext|>")).toBeGreaterThan(1);
  });

  test.each([
    ["letters", "a".repeat(100_000)],
    ["blanks", " ".repeat(100_000)],
    ["lines", "\n".repeat(100_000)],
    ["base64", Buffer.alloc(75_000, 0x5a).toString("base64")],
  ])("takes no more than a second for a run of %s", async (_name, text) => {
    const countTokens = await loadTokenCounter();
    const startedAtMs = performance.now();
    expect(countTokens(text)).toBeGreaterThan(0);
    expect(performance.now() - startedAtMs).toBeLessThan(1000);
  });
});
