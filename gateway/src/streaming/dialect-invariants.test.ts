import { describe, expect, test } from "bun:test";
import { parseSseEvent } from "./parse-sse-event.ts";
import { isWatched } from "./is-watched.ts";
import { kindOf } from "../../test/support/dialect-reading.ts";
import { dialectIds, findDialect } from "../dialects/registry.ts";

const gatewayMembers = [
  "success",
  "result",
  "messages",
  "error",
  "name",
  "httpCode",
  "internalCode",
  "message",
  "description",
];

describe.each(dialectIds.map((id) => findDialect(id)))("$id", (dialect) => {
  const error = { code: 2005, status: 502, message: 'upstream said "no"\nand left' };

  test("is found under its own id", () => {
    expect(findDialect(dialect.id)).toBe(dialect);
  });

  test("its stream error is one whole event that it takes for an error itself, with the words in it", () => {
    const text = dialect.streamErrorEvent(error);
    if (text === null) return expect(["bedrock-converse", "bedrock-invoke", "opaque"]).toContain(dialect.id);
    expect(text).toMatch(/(\n\n|\r\n\r\n)$/);
    expect(text.trimEnd()).not.toMatch(/\n\n|\r\n\r\n/);
    const fields = parseSseEvent(Buffer.from(text));
    const body = JSON.parse(fields?.data ?? "null") as unknown;
    expect(kindOf(dialect, body, fields?.type)).toBe("error");
    expect(isWatched(Buffer.from(text), dialect.watch)).toBe(true);
    expect(JSON.stringify(body)).toContain(JSON.stringify(error.message).slice(1, -1));
  });

  test("its terminator is a finish", () => {
    if (dialect.terminator === null) return;
    const fields = parseSseEvent(Buffer.from(dialect.terminator));
    const data = fields?.data ?? "";
    expect(kindOf(dialect, data === "[DONE]" ? data : JSON.parse(data), fields?.type)).toBe("finish");
    expect(isWatched(Buffer.from(dialect.terminator), dialect.watch)).toBe(true);
  });

  test("its error fields leave the gateway's own members alone", () => {
    for (const name of Object.keys(dialect.errorFields(error))) expect(gatewayMembers).not.toContain(name);
  });

  test("nothing strange makes it throw", () => {
    const strange = [
      null,
      1,
      "a",
      [],
      {},
      { usage: 1 },
      { choices: [null] },
      { candidates: [null, {}] },
      { type: 5, error: 5 },
    ];
    for (const body of strange) {
      expect(["prelude", "content", "finish", "error"]).toContain(dialect.classifyEvent({ type: "", data: "x", body }));
      expect([null, "", "5"]).toContain(dialect.errorIn(body));
    }
  });
});
