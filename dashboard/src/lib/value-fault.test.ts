import { expect, test } from "bun:test";
import { memberFault, valueFault } from "./value-fault.ts";

const delay = { anyOf: [{ type: "integer", minimum: 0, maximum: 60_000 }, { type: "null" }] };

test("bounds of numbers are told whole, and null passes where it may", () => {
  expect(valueFault(delay, 60_001)).toBe("Expected 0 to 60,000");
  expect(valueFault(delay, -1)).toBe("Expected 0 to 60,000");
  expect(valueFault(delay, 1.5)).toBe("Expected a whole number");
  expect(valueFault(delay, Number.NaN)).toBe("Expected a whole number");
  expect(valueFault(delay, 60_000)).toBeUndefined();
  expect(valueFault(delay, null)).toBeUndefined();
  expect(valueFault({ type: "number", exclusiveMinimum: 0 }, 0)).toBe("Expected more than 0");
  expect(valueFault({ type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, -1)).toBe("Expected 0 or more");
});

test("texts are held against length and pattern, choices against their list", () => {
  expect(valueFault({ type: "string", minLength: 16 }, "short")).toBe("Expected 16 characters or more");
  expect(valueFault({ type: "string", maxLength: 2 }, "abc")).toBe("Expected 2 characters or fewer");
  expect(valueFault({ type: "string", pattern: "^[a-z]+$" }, "A")).toBe("This is not of the form that is expected");
  expect(valueFault({ type: "string", pattern: "^[a-z]+$" }, "")).toBe("This is needed");
  expect(valueFault({ type: "string", enum: ["fixed", "sliding"] }, "other")).toBe("Expected one of fixed, sliding");
  expect(valueFault({ type: "string", enum: ["fixed"] }, "fixed")).toBeUndefined();
});

test("members are found in lists and objects, and those that are needed are missed", () => {
  const body = { type: "object", properties: { name: { type: "string" }, delay }, required: ["name"] };
  expect(memberFault(body, "name", undefined)).toBe("This is needed");
  expect(memberFault(body, "delay", undefined)).toBeUndefined();
  expect(memberFault(body, "other", 1)).toBeUndefined();
  expect(valueFault({ type: "array", items: body }, [{ name: "a" }, { name: 1 }])).toBe("name: Expected text");
  expect(valueFault({ type: "array", maxItems: 1 }, [1, 2])).toBe("Expected 1 or fewer");
  expect(valueFault(body, null)).toBe("Expected several members");
});
