import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { jsonSpan, jsonText } from "./json-span.ts";

const slice = (text: string, path: (string | number)[]): string | null => {
  const bytes = Buffer.from(text);
  const span = jsonSpan(bytes, path);
  return span === null ? null : bytes.toString("utf8", span.start, span.end);
};

describe("jsonSpan", () => {
  test("keeps numbers and spacing exactly as written", () => {
    expect(slice('[{"provider":"x", "query" : {"seed": 12345678901234567890, "t":1.0 } }]', [0, "query"])).toBe(
      '{"seed": 12345678901234567890, "t":1.0 }',
    );
  });

  test("is not misled by quotes, brackets and names inside strings", () => {
    const text = String.raw`{"a":"\"model\":\"no\" ]}\\","b":{"model":"inner"},"model":"yes"}`;
    expect(jsonText(Buffer.from(text), ["model"])).toBe("yes");
  });

  test("answers null for what is absent, cut short or of another type", () => {
    expect(slice('{"a":1}', ["b"])).toBeNull();
    expect(slice("[]", [0])).toBeNull();
    expect(slice("[1]", [1])).toBeNull();
    expect(slice('{"a":"unfinished', ["a"])).toBeNull();
    expect(slice("", ["a"])).toBeNull();
    expect(jsonText(Buffer.from('{"model":5}'), ["model"])).toBeNull();
  });

  test("agrees with JSON.parse on every member of any object", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(4), (object, indent) => {
        const bytes = Buffer.from(JSON.stringify(object, null, indent));
        for (const [name, value] of Object.entries(JSON.parse(bytes.toString()) as Record<string, unknown>)) {
          const span = jsonSpan(bytes, [name]);
          expect(span).not.toBeNull();
          if (span !== null) expect(JSON.parse(bytes.toString("utf8", span.start, span.end))).toEqual(value);
        }
      }),
    );
  });

  test("never throws on any bytes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.oneof(fc.string(), fc.nat(3)), { maxLength: 3 }),
        (bytes, path) => {
          jsonSpan(Buffer.from(bytes), path);
        },
      ),
    );
  });
});
