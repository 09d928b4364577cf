import { expect, test } from "bun:test";
import {
  answerKindOf,
  chatBody,
  countedRequest,
  faultyModel,
  jsonModel,
  sizedAnswer,
  sizedChatBody,
} from "./payloads.ts";

test("counted requests differ from one another and are as long as the one given, and only the last number changes", () => {
  const request = Buffer.from(`POST / HTTP/1.1\r\n\r\n[${chatBody(faultyModel, false)},${chatBody(jsonModel, false)}]`);
  const next = countedRequest(request);
  const sent = Array.from({ length: 2000 }, () => next().toString());
  expect(new Set(sent).size).toBe(2000);
  expect(new Set(sent.map((text) => text.length))).toEqual(new Set([request.length]));
  expect(sent[0]?.split("0000000000000000").length).toBe(2);
  expect(() => countedRequest(Buffer.from("none"))).toThrow("no room for a number");
});

test("bodies are about as large as they are asked to be, and ask for as large an answer", () => {
  for (const bytes of [1024, 102_400, 10_485_760]) {
    const body = sizedChatBody(bytes);
    expect(answerKindOf(body)).toEqual({ kind: "sized", bytes });
    for (const length of [body.length, sizedAnswer(bytes).length]) {
      expect(length).toBeGreaterThan(bytes * 0.9);
      expect(length).toBeLessThan(bytes * 1.1 + 600);
    }
  }
});
