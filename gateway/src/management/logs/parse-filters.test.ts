import { afterAll, beforeAll, expect, test } from "bun:test";
import Cloudflare from "cloudflare";
import fc from "fast-check";
import { ManagementError } from "../management-error.ts";
import { type FilterKind, filterKinds, filterOperators } from "./filter-keys.ts";
import { parseFilters } from "./parse-filters.ts";

const json = (filters: unknown) => parseFilters(new URLSearchParams({ filters: JSON.stringify(filters) }));
const dotted = (query: string) => parseFilters(new URLSearchParams(query));

/** Path and message of the first fault. */
function faultOf(parse: () => unknown): [unknown, string] {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof ManagementError)) throw error;
    expect(error.definition).toMatchObject({ code: 7001, status: 400 });
    return [error.faults[0]?.path?.join("."), error.message];
  }
  throw new Error("nothing was refused");
}

test("both forms of the wire give filters with values of their keys' types", () => {
  const expected = [
    { key: "provider", operator: "eq", values: ["openai", "x"] },
    { key: "cost", operator: "gt", values: [100_000_000] },
    { key: "success", operator: "neq", values: [true] },
    { key: "created_at", operator: "lt", values: [Date.UTC(2026, 0, 31)] },
    { key: "feedback", operator: "eq", values: [null, -1] },
  ];
  expect(
    json([
      { key: "provider", operator: "eq", value: ["openai", "x"] },
      { key: "cost", operator: "gt", value: [0.1] },
      { key: "success", operator: "neq", value: [true] },
      { key: "created_at", operator: "lt", value: ["2026-01-31"] },
      { key: "feedback", operator: "eq", value: [null, -1] },
    ]),
  ).toEqual(expected as never);
  const words = expected.map(({ key, operator }) => `filters.key=${key}&filters.operator=${operator}`);
  const values = [["openai", "x"], ["1e-1"], ["true"], ["2026-01-31T00:00:00Z"], ["", "-1"]];
  const query = words.map((word, index) =>
    [word, ...(values[index] ?? []).map((value) => `filters.value=${value}`)].join("&"),
  );
  expect(dotted(query.join("&"))).toEqual(expected as never);
  expect(parseFilters(new URLSearchParams("page=1"))).toEqual([]);
});

test("a dotted filter begins where its first member comes again, whichever that is", () => {
  expect(
    dotted(
      "filters.value=a&filters.value=b&filters.key=provider&filters.operator=eq&filters.value=c&filters.operator=eq&filters.key=model",
    ),
  ).toEqual([
    { key: "provider", operator: "eq", values: ["a", "b"] },
    { key: "model", operator: "eq", values: ["c"] },
  ]);
  expect(faultOf(() => dotted("filters.key=a&filters.key=b&filters.operator=eq"))[0]).toBe("query.filters.0.key");
  expect(faultOf(() => dotted("filters.key=model&filters.operator=eq&filters.operator=neq"))[0]).toBe(
    "query.filters.0.operator",
  );
});

test("metadata is compared on any entry, or on the one that is named", () => {
  expect(
    json([
      { key: "metadata.key", operator: "eq", value: ["user"] },
      { key: "metadata.value", operator: "eq", value: [42, true, "x"] },
      { key: "metadata.user", operator: "eq", value: [42] },
      { key: "metadata.a.b c", operator: "gt", value: ["5"] },
      { key: "metadata.entry.key", operator: "contains", value: ["z"] },
    ]),
  ).toEqual([
    { key: "metadata.key", operator: "eq", values: ["user"] },
    { key: "metadata.value", operator: "eq", values: ["42", "true", "x"] },
    { key: "metadata.entry", name: "user", operator: "eq", values: ["42"] },
    { key: "metadata.entry", name: "a.b c", operator: "gt", values: ["5"] },
    { key: "metadata.entry", name: "key", operator: "contains", values: ["z"] },
  ]);
});

test("what is no filter is refused with its place", () => {
  const good = { key: "cost", operator: "gt", value: [1] };
  const cases: [unknown, string][] = [
    [{}, "query.filters"],
    ["x", "query.filters"],
    [[null], "query.filters.0"],
    [[good, []], "query.filters.1"],
    [[{ ...good, key: "colour" }], "query.filters.0.key"],
    [[{ ...good, key: "__proto__" }], "query.filters.0.key"],
    [[{ ...good, key: "metadata." }], "query.filters.0.key"],
    [[{ ...good, key: 1 }], "query.filters.0.key"],
    [[{ ...good, operator: "like" }], "query.filters.0.operator"],
    [[{ ...good, operator: "contains" }], "query.filters.0.operator"],
    [[{ operator: "gt", value: [true], key: "success" }], "query.filters.0.operator"],
    [[{ key: "cost", value: [1] }], "query.filters.0.operator"],
    [[{ ...good, value: 1 }], "query.filters.0.value"],
    [[{ ...good, value: [] }], "query.filters.0.value"],
    [[{ ...good, value: [1, "dear"] }], "query.filters.0.value.1"],
    [[{ ...good, value: [{}] }], "query.filters.0.value.0"],
    [[{ ...good, value: [null] }], "query.filters.0.value.0"],
    [[{ key: "success", operator: "eq", value: ["yes"] }], "query.filters.0.value.0"],
    [[{ key: "created_at", operator: "gt", value: ["yesterday"] }], "query.filters.0.value.0"],
    [[{ key: "created_at", operator: "gt", value: [1_760_000_000_000] }], "query.filters.0.value.0"],
    [[{ key: "model", operator: "contains", value: [""] }], "query.filters.0.value.0"],
    [Array.from({ length: 51 }, () => good), "query.filters"],
    [[{ ...good, value: Array.from({ length: 1001 }, () => 1) }], "query.filters.0.value"],
    [[{ key: "model", operator: "eq", value: ["x".repeat(2001)] }], "query.filters.0.value.0"],
  ];
  for (const [filters, path] of cases) expect([filters, faultOf(() => json(filters))[0]]).toEqual([filters, path]);
  expect(faultOf(() => parseFilters(new URLSearchParams("filters=[{")))).toEqual([
    "query.filters",
    "Expected a JSON array of filters",
  ]);
  expect(faultOf(() => dotted("filters.key=cost&filters.operator=gt"))[0]).toBe("query.filters.0.value");
  expect(faultOf(() => dotted("filters.value=1"))[0]).toBe("query.filters.0.key");
});

/** A server that keeps the query of the last request, so that the SDK itself writes the dotted form. */
let lastQuery = new URLSearchParams();
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request) {
    lastQuery = new URL(request.url).searchParams;
    return Response.json({ success: true, errors: [], messages: [], result: [] });
  },
});
let client: Cloudflare;
beforeAll(() => {
  client = new Cloudflare({ baseURL: `http://127.0.0.1:${server.port}/client/v4`, apiToken: "t" });
});
afterAll(() => server.stop(true));

const valuesOf: Readonly<Record<FilterKind, fc.Arbitrary<string | number | boolean | null>>> = {
  text: fc.oneof(fc.string({ minLength: 1 }), fc.string({ unit: "binary", minLength: 1 }), fc.integer()),
  metadata: fc.oneof(fc.string({ minLength: 1 }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
  number: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })),
  usd: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e6 }),
  boolean: fc.boolean(),
  time: fc
    .date({ min: new Date(0), max: new Date("9999-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString()),
};

type WireFilter = NonNullable<Cloudflare.AIGateway.LogListParams["filters"]>[number];

const wireFilter = fc.constantFrom(...Object.entries(filterKinds)).chain(([key, kind]) =>
  fc.constantFrom(...filterOperators[kind]).chain((operator) => {
    const value = operator === "eq" || operator === "neq" ? fc.option(valuesOf[kind]) : valuesOf[kind];
    return fc.record({
      key: fc.constant(key),
      operator: fc.constant(operator),
      value: fc.array(value, { minLength: 1, maxLength: 4 }),
    });
  }),
) as fc.Arbitrary<WireFilter>;

test("the dotted form that the SDK writes gives the same filters as JSON", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(wireFilter, { minLength: 1, maxLength: 4 }), async (filters) => {
      await client.aiGateway.logs.list("gw", { account_id: "a", filters });
      expect(parseFilters(lastQuery)).toEqual(json(filters));
    }),
    { numRuns: 150 },
  );
});
