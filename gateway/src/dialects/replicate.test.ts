import { expect, test } from "bun:test";
import { kindOf, usageOf } from "../../test/support/dialect-reading.ts";
import { replicate } from "./replicate.ts";

test("language models count in metrics", () => {
  const metrics = { predict_time: 1.5, input_token_count: 12, output_token_count: 40 };
  expect(usageOf(replicate, [{ status: "succeeded", metrics }])).toEqual({ inputTokens: 12, outputTokens: 40 });
  expect(usageOf(replicate, [{ status: "succeeded", metrics: { predict_time: 1.5 } }])).toBeNull();
});

test("a stream's events are told by their names", () => {
  expect(kindOf(replicate, "Once upon", "output")).toBe("content");
  expect(kindOf(replicate, "loading", "logs")).toBe("prelude");
  expect(kindOf(replicate, {}, "done")).toBe("finish");
  expect(kindOf(replicate, { reason: "error" }, "done")).toBe("error");
  expect(kindOf(replicate, { detail: "broke" }, "error")).toBe("error");
});

test("a failed prediction is an error in a good answer", () => {
  expect(replicate.errorIn({ status: "failed", error: "out of memory" })).toBe("out of memory");
  expect(replicate.errorIn({ status: "failed", error: null })).toBe("");
  expect(replicate.errorIn({ status: "succeeded", error: null })).toBeNull();
});
