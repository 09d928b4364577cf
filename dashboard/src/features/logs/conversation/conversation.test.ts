import { expect, test } from "bun:test";
import { readRequest } from "./read-request.ts";
import { readResponse } from "./read-response.ts";

const json = JSON.stringify;
const stream = (...events: readonly unknown[]): string => events.map((event) => `data: ${json(event)}\n\n`).join("");
const text = (value: string) => ({ kind: "text", text: value });

test("requests of four wire formats read the same", () => {
  const expected = [
    { role: "system", parts: [text("Be brief")] },
    { role: "user", parts: [text("What is this?"), { kind: "image", url: "data:image/png;base64,AA==" }] },
  ];
  expect(
    readRequest(
      json({
        messages: [
          { role: "system", content: "Be brief" },
          {
            role: "user",
            content: [
              { type: "text", text: "What is this?" },
              { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
            ],
          },
        ],
      }),
    ),
  ).toEqual(expected as never);
  const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } };
  expect(
    readRequest(
      json({
        system: "Be brief",
        messages: [{ role: "user", content: [{ type: "text", text: "What is this?" }, image] }],
      }),
    ),
  ).toEqual(expected as never);
  const inlineData = { mimeType: "image/png", data: "AA==" };
  expect(
    readRequest(
      json({
        systemInstruction: { parts: [{ text: "Be brief" }] },
        contents: [{ role: "user", parts: [{ text: "What is this?" }, { inlineData }] }],
      }),
    ),
  ).toEqual(expected as never);
  const content = [
    { type: "input_text", text: "What is this?" },
    { type: "input_image", image_url: "data:image/png;base64,AA==" },
  ];
  expect(readRequest(json({ instructions: "Be brief", input: [{ role: "user", content }] }))).toEqual(
    expected as never,
  );
});

test("tools, their results and reasoning", () => {
  const [assistant, tool] = readRequest(
    json({
      messages: [
        {
          role: "assistant",
          reasoning_content: "hm",
          tool_calls: [{ id: "c", function: { name: "f", arguments: '{"a":1}' } }],
        },
        { role: "tool", tool_call_id: "c", content: "42" },
      ],
    }),
  );
  expect(assistant?.parts).toEqual([
    { kind: "reasoning", text: "hm" },
    { kind: "tool-call", name: "f", text: '{\n  "a": 1\n}' },
  ]);
  expect(tool?.parts).toEqual([{ kind: "tool-result", name: "c", text: "42" }]);
});

test("streams of four wire formats read as what they say", () => {
  const called = { kind: "tool-call", name: "f", text: '{\n  "a": 1\n}' };
  const expected = [{ role: "assistant", parts: [{ kind: "reasoning", text: "hm" }, text("Hello there"), called] }];
  const chunk = (delta: object) => ({ choices: [{ index: 0, delta }] });
  const chat = stream(
    chunk({ role: "assistant", reasoning_content: "hm" }),
    chunk({ content: "Hello " }),
    chunk({ content: "there" }),
    chunk({ tool_calls: [{ index: 0, id: "c", function: { name: "f", arguments: '{"a"' } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: ":1}" } }] }),
  );
  expect(readResponse(`${chat}data: [DONE]\n\n`)).toEqual(expected as never);
  const start = (index: number, block: object) => ({ type: "content_block_start", index, content_block: block });
  const delta = (index: number, more: object) => ({ type: "content_block_delta", index, delta: more });
  const blocks = stream(
    start(0, { type: "thinking", thinking: "" }),
    delta(0, { thinking: "hm" }),
    start(1, { type: "text", text: "" }),
    delta(1, { text: "Hello " }),
    delta(1, { text: "there" }),
    start(2, { type: "tool_use", name: "f", input: {} }),
    delta(2, { partial_json: '{"a":1}' }),
  );
  expect(readResponse(blocks)).toEqual(expected as never);
  const parts = (...list: readonly object[]) => ({ candidates: [{ content: { parts: list } }] });
  const candidates = stream(
    parts({ text: "hm", thought: true }, { text: "Hello " }),
    parts({ text: "there" }, { functionCall: { name: "f", args: { a: 1 } } }),
  );
  expect(readResponse(candidates)).toEqual(expected as never);
  const items = stream(
    { type: "response.reasoning_summary_text.delta", output_index: 0, delta: "hm" },
    { type: "response.output_text.delta", output_index: 1, delta: "Hello there" },
    { type: "response.output_item.added", output_index: 2, item: { type: "function_call", name: "f" } },
    { type: "response.function_call_arguments.delta", output_index: 2, delta: '{"a":1}' },
  );
  expect(readResponse(items)).toEqual(expected as never);
});

test("whole answers, errors, and what is no conversation", () => {
  expect(readResponse(json({ choices: [{ message: { role: "assistant", content: "Hi" } }] }))).toEqual([
    { role: "assistant", parts: [text("Hi")] },
  ] as never);
  expect(readResponse(json({ error: { message: "no" } }))[0]?.role).toBe("error");
  expect(readResponse(stream({ error: { message: "broken" } }))[0]?.parts).toEqual([
    { kind: "other", name: "error in the stream", text: "broken" },
  ] as never);
  for (const nothing of ["", "{", "<html>", "null", "[1]", json({ data: [{ embedding: [1] }] })]) {
    expect(readResponse(nothing)).toEqual([]);
    expect(readRequest(nothing)).toEqual([]);
  }
});
