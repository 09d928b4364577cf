import { describe, expect, test } from "bun:test";
import { cacheRulesSchema, compileCacheRules } from "./cache-rule.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { CacheFacts } from "./rule-condition.ts";

const facts: CacheFacts = {
  gateway: "g",
  provider: "p",
  model: "m-1",
  path: "chat/completions",
  user: "user:ann",
  metadata: { team: "a", level: 3 },
  headers: { "x-stage": "test" },
  body: { temperature: 0, tools: [{ name: "clock" }], messages: [{ role: "user", content: "hi" }] },
};

describe("rules", () => {
  test.each([
    ['model == "m-1" && path.startsWith("chat")', true],
    ["body.temperature == 0", true],
    ["body.temperature > 0", false],
    ["body.top_p == 1", false],
    ['headers["x-stage"] == "test"', true],
    ['headers["x-other"] == "test"', false],
    ['"x-other" in headers', false],
    ['metadata.team == "a" && metadata.level == 3', true],
    ['body.tools.exists(tool, tool.name == "clock")', true],
    ["size(body.messages) == 1", true],
    ["has(body.tools)", true],
    ['user == "user:ann" && gateway == "g" && provider == "p"', true],
    ['model == "matches("', false],
  ])("%s: %p", (when, holds) => {
    expect(cacheRulesSchema.safeParse([{ when }]).success).toBe(true);
    expect(compileCacheRules([{ when, ttl: 60 }])?.(() => facts)?.ttl ?? null).toBe(holds ? 60 : null);
  });

  test("the first that holds counts, and facts are gathered only for conditions", () => {
    const find = compileCacheRules([{ when: 'model == "x"', skip: true }, { ttl: 120 }, { ttl: 240 }]);
    expect(find?.(() => facts)).toMatchObject({ ttl: 120, skip: false, scope: "credential" });
    const unconditional = compileCacheRules([{ ttl: 60 }]);
    expect(
      unconditional?.(() => {
        throw new Error("gathered");
      })?.ttl,
    ).toBe(60);
    expect([compileCacheRules(null), compileCacheRules([]), compileCacheRules("no")]).toEqual([null, null, null]);
  });

  test.each([
    ["model ==", 1],
    ['model == "a" &&\n  colour == "red"', 2],
    ['"text"', 1],
    ['true ||\n model.matches("(a+)+$")', 2],
    ['true ||\n model.matches//\n("(a+)+$")', 2],
    ['["a"].all(x,\n x.matches("(a+)+$"))', 2],
  ])("%p is refused with its line and column", (when, line) => {
    const { error } = cacheRulesSchema.safeParse([{ ttl: 60 }, { when }]);
    expect(error?.issues[0]?.path).toEqual([1, "when"]);
    expect(error?.issues[0]?.message).toMatch(new RegExp(`\\(line ${line}, column \\d+\\)$`));
  });

  test.each([{ ttl: 59 }, { ttl: 2_592_001 }, { scope: "world" }, { colour: "red" }, { ignore_body: [""] }])(
    "%j is refused",
    (rule) => expect(cacheRulesSchema.safeParse([rule]).success).toBe(false),
  );
});

test("canonical JSON is the same for what means the same", () => {
  const canonical = (text: string, ignored: string[] = []) =>
    canonicalJson(Buffer.from(text), ignored)?.toString() ?? null;
  expect(canonical('{ "b": [1, {"y":2,"x":1}], "a": null }')).toBe('{"a":null,"b":[1,{"x":1,"y":2}]}');
  expect(canonical('{"a":1,"user":"ann"}', ["user"])).toBe('{"a":1}');
  expect([canonical("[1]"), canonical("no"), canonical("null")]).toEqual([null, null, null]);
});
