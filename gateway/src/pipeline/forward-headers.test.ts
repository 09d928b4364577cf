import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { newTokenText } from "../access/token-text.ts";
import {
  queryToForward,
  requestFieldsToControl,
  requestFieldsToForward,
  responseFieldsOfControl,
  responseFieldsToForward,
} from "./forward-headers.ts";

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

  test("keeps tokens of ours here, wherever they stand, and gives them to the control process", () => {
    const token = newTokenText(() => new Uint8Array(32).fill(5));
    const list = ["authorization", `Bearer ${token}`, "x-api-key", token, "x-other", `a ${token}b`, "x-end", "hg_2"];
    expect(requestFieldsToForward(list)).toEqual(["x-end", "hg_2"]);
    expect(requestFieldsToControl(list)).toEqual(list);
  });

  test("keeps the protocol that carries the gateway's token, and no other", () => {
    const offered = (value: string): string[] => requestFieldsToForward(["sec-websocket-protocol", value]);
    expect(offered("realtime, openai-beta.realtime-v1")).toEqual([
      "sec-websocket-protocol",
      "realtime, openai-beta.realtime-v1",
    ]);
    expect(offered("realtime,cf-aig-authorization.secret , other")).toEqual([
      "sec-websocket-protocol",
      "realtime, other",
    ]);
    expect(offered("cf-aig-authorization.secret")).toEqual([]);
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

test("a provider sets no session of this host's, and clears none", () => {
  const own = [
    "set-cookie",
    "__Host-headgate=fixed; Secure; Path=/",
    "set-cookie",
    "headgate=fixed",
    "clear-site-data",
    '"*"',
  ];
  expect(responseFieldsToForward([...own, "set-cookie", "__cf_bm=1"])).toEqual(["set-cookie", "__cf_bm=1"]);
  expect(responseFieldsOfControl(own)).toEqual(own);
});

test("a query loses parameters that hold a token of ours, and stays as it was written otherwise", () => {
  const token = newTokenText(() => new Uint8Array(32).fill(5));
  expect(queryToForward("?key=a%20b&&alt=sse")).toBe("?key=a%20b&&alt=sse");
  expect(queryToForward(`?alt=sse&key=${token}&b=%41`)).toBe("?alt=sse&b=%41");
  expect(queryToForward(`?key=${token}`)).toBe("");
  expect(queryToForward("")).toBe("");
});
