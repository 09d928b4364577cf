import { describe, expect, test } from "bun:test";
import { sampleEntry } from "../../../test/support/sample-entry.ts";
import { inputMessages, outputMessages } from "./chat-messages.ts";
import { readContent } from "./read-content.ts";

const text = (content: string) => ({ type: "text", content });
const hi = { role: "user", parts: [text("hi")] };

describe("inputMessages", () => {
  const call = { id: "c1", type: "function", function: { name: "f", arguments: '{"a":1}' } };
  const cases: Record<string, [unknown, unknown[]]> = {
    "messages with text": [{ messages: [{ role: "user", content: "hi" }] }, [hi]],
    "parts and a system text": [
      { system: "be brief", messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }] },
      [{ role: "system", parts: [text("be brief")] }, hi],
    ],
    "calls of tools": [
      { messages: [{ role: "assistant", content: null, tool_calls: [call] }] },
      [{ role: "assistant", parts: [{ type: "tool_call", id: "c1", name: "f", arguments: '{"a":1}' }] }],
    ],
    "a call as a part": [
      { messages: [{ role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: { a: 1 } }] }] },
      [{ role: "assistant", parts: [{ type: "tool_call", id: "t", name: "f", arguments: { a: 1 } }] }],
    ],
    "a part of another kind": [
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:" } }] }] },
      [{ role: "user", parts: [{ type: "image_url", image_url: { url: "data:" } }] }],
    ],
    "contents with parts": [{ contents: [{ role: "user", parts: [{ text: "hi" }] }] }, [hi]],
    "an input text": [{ input: "hi", instructions: "brief" }, [{ role: "system", parts: [text("brief")] }, hi]],
    "several inputs": [{ input: ["hi", "hi"] }, [hi, hi]],
    "a prompt": [{ prompt: "hi" }, [hi]],
    "nothing known": [{ file: 1 }, []],
    "no object": [null, []],
  };
  for (const [name, [body, expected]] of Object.entries(cases)) {
    test(name, () => expect(inputMessages(body)).toEqual(expected as never));
  }
});

describe("outputMessages", () => {
  const ho = { role: "assistant", parts: [text("ho")], finish_reason: "stop" };
  const cases: Record<string, [unknown, unknown[]]> = {
    choices: [{ choices: [{ message: { role: "assistant", content: "ho" }, finish_reason: "stop" }] }, [ho]],
    "choices of text": [{ choices: [{ text: "ho", finish_reason: "stop" }] }, [ho]],
    "content blocks": [{ role: "assistant", content: [{ type: "text", text: "ho" }], stop_reason: "stop" }, [ho]],
    candidates: [
      { candidates: [{ content: { role: "assistant", parts: [{ text: "ho" }] }, finishReason: "stop" }] },
      [ho],
    ],
    "output items": [
      { output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "ho" }] }] },
      [{ role: "assistant", parts: [text("ho")] }],
    ],
    "a single message": [{ message: { role: "assistant", content: "ho" }, done_reason: "stop" }, [ho]],
    "an error": [{ error: { message: "no" } }, []],
  };
  for (const [name, [body, expected]] of Object.entries(cases)) {
    test(name, () => expect(outputMessages(body)).toEqual(expected as never));
  }
});

describe("streams", () => {
  const folded = (response: string) => {
    const { output } = readContent(sampleEntry({ streamed: true }, { response }));
    return output === null ? null : (JSON.parse(output) as unknown);
  };
  const said = (finish_reason?: string) => [
    { role: "assistant", parts: [text("hello")], ...(finish_reason === undefined ? {} : { finish_reason }) },
  ];
  const sse = (...events: unknown[]) => events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`).join("");

  test("deltas of choices, with an end mark", () => {
    const events = [
      { choices: [{ index: 0, delta: { role: "assistant", content: "" } }] },
      { choices: [{ index: 0, delta: { content: "hel" } }] },
      { choices: [{ index: 0, delta: { content: "lo" } }] },
      { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
      { choices: [], usage: {} },
    ];
    const response = `: hold\n\n${sse(...events)}data: [DONE]\n\n`;
    expect(folded(response)).toEqual(said("stop"));
    const { completion } = readContent(sampleEntry({ streamed: true }, { response }));
    expect(JSON.parse(completion ?? "")).toEqual(events);
  });
  test("deltas of blocks", () => {
    const response = sse(
      { type: "message_start", message: { role: "assistant", content: [] } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "hel" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "lo" } },
      { type: "message_delta", delta: { stop_reason: "end_turn" } },
    );
    expect(folded(response)).toEqual(said("end_turn"));
  });
  test("a final event that repeats the answer", () => {
    const output = [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "hello" }] }];
    expect(folded(sse({ type: "delta", delta: "hel" }, { type: "done", response: { output } }))).toEqual(said());
    expect(folded(sse({ type: "delta", delta: "hel" }, { type: "delta", delta: "lo" }))).toEqual(said());
  });
  test("candidates, and lines of JSON", () => {
    const piece = (part: string) => ({ candidates: [{ content: { parts: [{ text: part }] } }] });
    expect(folded(sse(piece("hel"), piece("lo")))).toEqual(said());
    const lines = [{ message: { content: "hel" } }, { message: { content: "lo" }, done_reason: "stop" }];
    expect(folded(lines.map((line) => JSON.stringify(line)).join("\n"))).toEqual(said("stop"));
  });
});

test("what was cut, is no JSON, or was not kept says nothing", () => {
  const nothing = { prompt: null, completion: null, input: null, output: null };
  expect(readContent(sampleEntry())).toEqual(nothing);
  expect(readContent(sampleEntry({}, { request: "--boundary", response: "\u0000\u0001" }))).toEqual(nothing);
  const whole = sampleEntry({}, { request: '{"prompt":"a"}', response: '{"choices":[]}' });
  expect(readContent(whole)).toMatchObject({ prompt: '"a"', completion: '{"choices":[]}' });
  expect(readContent({ ...whole, isRequestComplete: false, isResponseComplete: false })).toEqual(nothing);
});
