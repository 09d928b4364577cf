import { expect, test } from "bun:test";
import { touchesState } from "./touches-state.ts";

test.each<[string, string | null, boolean]>([
  ["chat/completions", '{"model":"m"}', false],
  ["v1/messages", '{"model":"m"}', false],
  ["v1/messages/batches", "{}", true],
  ["responses", '{"model":"m"}', true],
  ["v1/responses", '{"store": false,"input":[]}', false],
  ["v1/responses", '{"store":false,"include":["reasoning.encrypted_content"]}', true],
  ["v1/responses/resp_1", null, true],
  ["v1/responses/resp_1?store=false", null, true],
  ["v1/files", null, true],
  ["v1beta/files:download", null, true],
  ["v1beta/cachedContents/x", null, true],
  ["v1beta/models/m:generateContent", '{"cachedContent":"cachedContents/x"}', true],
  ["v1beta/models/m:generateContent", '{"contents":[{"parts":[{"fileData":{"fileUri":"x"}}]}]}', true],
  ["chat/completions", '{"messages":[{"content":[{"type":"file","file":{"file_id":"f"}}]}]}', true],
  ["profiles/x", null, false],
])("%s %s: %p", (path, body, expected) => {
  expect(touchesState(path, body === null ? null : Buffer.from(body))).toBe(expected);
});
