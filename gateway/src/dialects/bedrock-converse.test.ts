import { expect, test } from "bun:test";
import { kindOf, usageOf } from "../../test/support/dialect-reading.ts";
import { bedrockConverse } from "./bedrock-converse.ts";

test("cache is added to the input, whichever spelling it has", () => {
  const usage = {
    inputTokens: 22,
    outputTokens: 13,
    totalTokens: 2527,
    cacheReadInputTokens: 0,
    cacheReadInputTokenCount: 0,
    cacheWriteInputTokens: 2492,
    cacheWriteInputTokenCount: 2492,
    cacheDetails: [{ ttl: "1h", inputTokens: 2492 }],
  };
  const expected = {
    inputTokens: 2514,
    outputTokens: 13,
    totalTokens: 2527,
    inputCachedTokens: 0,
    inputCacheCreationTokens: 2492,
    inputCacheCreation1hTokens: 2492,
    serviceTier: "default",
  };
  expect(usageOf(bedrockConverse, [{ usage, serviceTier: { type: "default" } }])).toEqual(expected);
  expect(usageOf(bedrockConverse, [{ metadata: { usage, serviceTier: { type: "default" } } }])).toEqual(expected);
});

test.each([
  ["messageStart", { role: "assistant" }, "prelude"],
  ["contentBlockStart", { start: {} }, "prelude"],
  ["contentBlockStart", { start: { toolUse: { name: "f" } } }, "content"],
  ["contentBlockDelta", { delta: { text: "a" } }, "content"],
  ["contentBlockStop", {}, "prelude"],
  ["messageStop", { stopReason: "end_turn" }, "finish"],
  ["metadata", { usage: {} }, "prelude"],
  ["throttlingException", { message: "slow down" }, "error"],
])("%s %j is %s, as a frame and as a member", (name, body, kind) => {
  expect(kindOf(bedrockConverse, body, name)).toBe(kind as ReturnType<typeof kindOf>);
  expect(kindOf(bedrockConverse, { [name]: body })).toBe(kind as ReturnType<typeof kindOf>);
});
