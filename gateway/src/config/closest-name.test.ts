import { expect, test } from "bun:test";
import { closestName } from "./closest-name.ts";

const known = ["openai", "openrouter", "azure-openai", "groq", "grok", "idle_ms"];

test.each([
  ["opnai", "openai"],
  ["opneai", "openai"],
  ["OpenAI", "openai"],
  ["azure_openai", "azure-openai"],
  ["idle", undefined],
  ["idlems", "idle_ms"],
  ["rgok", "grok"],
  ["", undefined],
  ["x", undefined],
  ["something-else", undefined],
] as const)("%j is taken for %j", (name, closest) => {
  expect(closestName(name, known)).toBe(closest);
});
