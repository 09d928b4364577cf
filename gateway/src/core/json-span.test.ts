import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { jsonSpan, jsonText, spliceJson } from "./json-span.ts";

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

  test("of a repeated member the first counts, or the last, which is the one JSON.parse answers", () => {
    const bytes = Buffer.from(String.raw`{"model":"a","x":{"model":"no"},"model" : "b", "mod\u0065l":"c"}`);
    expect(jsonText(bytes, ["model"])).toBe("a");
    expect(jsonText(bytes, ["model"], "last")).toBe("c");
    expect((JSON.parse(bytes.toString()) as { model: string }).model).toBe("c");
  });

  test("names are found however they are escaped", () => {
    for (const name of [String.raw`\u006dodel`, String.raw`\u006D\u006f\u0064\u0065\u006c`, "model"]) {
      expect(jsonText(Buffer.from(`{"other":1,"${name}":"x"}`), ["model"])).toBe("x");
    }
    expect(jsonText(Buffer.from(String.raw`{"mod\u00zzl":"x","\model1":"y"}`), ["model"])).toBeNull();
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

describe("spliceJson", () => {
  test("changes the one value, and no byte around it", () => {
    const bytes = Buffer.from(' {"a": "\xff\xc0" ,\n"model":"x/y"\t} ', "latin1");
    const span = jsonSpan(bytes, ["model"]);
    if (span === null) throw new Error("no model");
    expect(spliceJson(bytes, span, '"longer"').toString("latin1")).toBe(
      bytes.toString("latin1").replace('"x/y"', '"longer"'),
    );
  });

  test("whatever the members, their order, spacing and repetition, only the last one's value changes", () => {
    const space = fc.constantFrom("", " ", "\n", "\t \r\n");
    const key = fc.constantFrom('"model"', String.raw`"mod\u0065l"`, '"messages"', '"x"', '"\\""');
    const member = fc.tuple(space, key, space, fc.jsonValue({ maxDepth: 2 }), space);
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 8 }), space, (members, around) => {
        const written = members.map(([before, name, middle, value, after]) =>
          [before, name, middle, ":", middle, JSON.stringify(value), after].join(""),
        );
        const text = `${around}{${written.join(",")}}${around}`;
        const parsed = JSON.parse(text) as Record<string, unknown>;
        const bytes = Buffer.from(text);
        const span = jsonSpan(bytes, ["model"], "last");
        expect(span !== null).toBe(Object.hasOwn(parsed, "model"));
        if (span === null) return;
        expect(JSON.parse(bytes.toString("utf8", span.start, span.end))).toEqual(parsed["model"]);
        const spliced = spliceJson(bytes, span, '"new"');
        expect(JSON.parse(spliced.toString())).toEqual({ ...parsed, model: "new" });
        expect(spliced.subarray(0, span.start).equals(bytes.subarray(0, span.start))).toBe(true);
        expect(spliced.subarray(span.start + 5).equals(bytes.subarray(span.end))).toBe(true);
      }),
    );
  });
});
