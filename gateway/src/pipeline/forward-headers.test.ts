import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { requestFieldsToForward, responseFieldsToForward } from "./forward-headers.ts";

const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];
const steering = ["cf-aig-cache-ttl", "cf-aig-authorization", "cf-aig-anything-new"];
const passing = [
  "authorization",
  "x-api-key",
  "user-agent",
  "accept-encoding",
  "content-type",
  "cf-ray",
  "te-st",
  "via",
];
const name = fc.constantFrom(...hopByHop, ...steering, ...passing, "host", "content-length", "expect", "set-cookie");
const headers = fc
  .array(fc.tuple(name, fc.constantFrom("a", "b", "close", "x-one, via", "")), { maxLength: 12 })
  .map((pairs) => pairs.flat());

function namesOf(list: readonly string[]): string[] {
  return list.filter((_, index) => index % 2 === 0);
}

describe("requestFieldsToForward", () => {
  test("keeps order, values and repetitions of what is the provider's, and nothing of the hop or the gateway", () => {
    fc.assert(
      fc.property(headers, (list) => {
        const kept = requestFieldsToForward(list);
        for (const kind of [...hopByHop, ...steering, "host", "content-length", "expect"]) {
          expect(namesOf(kept)).not.toContain(kind);
        }
        const isViaNamed = list.some((value, index) => list[index - 1] === "connection" && value.includes("via"));
        const expected = list.flatMap((field, index) => {
          if (index % 2 === 1 || (field === "via" && isViaNamed)) return [];
          return passing.includes(field) || field === "set-cookie" ? [field, list[index + 1] as string] : [];
        });
        expect(kept).toEqual(expected);
      }),
    );
  });

  test("drops what connection names, but never the credential", () => {
    const list = ["connection", "X-Hop , Authorization,, close", "x-hop", "1", "authorization", "key", "x-end", "2"];
    expect(requestFieldsToForward(list)).toEqual(["authorization", "key", "x-end", "2"]);
  });

  test("reads every connection field", () => {
    expect(requestFieldsToForward(["connection", "close", "connection", "x-hop", "x-hop", "1"])).toEqual([]);
  });
});

describe("responseFieldsToForward", () => {
  test("keeps framing by length and cookies, drops the hop's and what only the gateway may say", () => {
    fc.assert(
      fc.property(headers, (list) => {
        const kept = namesOf(responseFieldsToForward(list));
        for (const kind of [...hopByHop, ...steering]) expect(kept).not.toContain(kind);
        for (const kind of ["content-length", "set-cookie", "content-type"]) {
          const count = (names: readonly string[]): number => names.filter((each) => each === kind).length;
          expect(count(kept)).toBe(count(namesOf(list)));
        }
      }),
    );
  });
});
