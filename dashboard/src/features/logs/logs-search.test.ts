import { expect, test } from "bun:test";
import { fieldOf, filterFields, filterText, metadataKey, readFilters } from "./log-filters.ts";
import { logsQuestion, readLogsSearch } from "./logs-search.ts";

const provider = { key: "provider", operator: "eq", value: ["openai", "groq"] } as const;

test("what makes no sense in a URL falls away, what does stays", () => {
  expect(
    readLogsSearch({ gateway: 7, filters: [provider, { key: "nonsense" }, 3], order: "cost", ascending: true }),
  ).toEqual({
    gateway: "7",
    filters: [provider],
    order: "cost",
    ascending: true,
  });
  expect(readLogsSearch({ filters: "x", order: "id", ascending: "yes", live: 1, log: {}, range: "1 year" })).toEqual(
    {},
  );
});

test("filters that the API would refuse are not taken", () => {
  const withOperator = (key: string, operator: string) => readFilters([{ key, operator, value: [1] }]).length;
  expect([withOperator("cost", "gt"), withOperator("cost", "contains"), withOperator("success", "lt")]).toEqual([
    1, 0, 0,
  ]);
  expect(readFilters([{ key: "id", operator: "eq", value: [] }])).toEqual([]);
  expect(readFilters([{ key: metadataKey("user"), operator: "eq", value: ["u"] }]).length).toBe(1);
});

test("filters read as sentences", () => {
  expect(filterText(provider)).toBe("Provider is openai or groq");
  expect(filterText({ key: "duration", operator: "gt", value: [100] })).toBe("Duration is more than 100 ms");
  expect(filterText({ key: "success", operator: "eq", value: [false] })).toBe("Success is no");
  expect(filterText({ key: metadataKey("key"), operator: "eq", value: [null] })).toBe("Metadata key is nothing");
});

test("a range becomes filters whose first moment counts and whose last does not", () => {
  expect(logsQuestion({ filters: [provider] }, { fromMs: 1000, toMs: 2000 }).filters).toEqual([
    provider,
    { key: "created_at", operator: "gt", value: ["1970-01-01T00:00:00.999Z"] },
    { key: "created_at", operator: "lt", value: ["1970-01-01T00:00:02.000Z"] },
  ]);
  expect(logsQuestion({}, null)).toEqual({ order_by: "created_at", order_by_direction: "desc" });
});

test("every filter of the reference can be built", async () => {
  const reference = await Bun.file(`${import.meta.dir}/../../../../docs/reference/logs-api.md`).text();
  const table = reference.slice(
    reference.indexOf("| keys | operators |"),
    reference.indexOf("`null`, or an empty text"),
  );
  const keys = table
    .split("\n")
    .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, key]) => key as string));
  expect(keys.length).toBeGreaterThan(25);
  const missing = keys.filter((key) => !key.includes("<name>") && !filterFields.some((field) => field.key === key));
  expect(missing).toEqual([]);
  expect(fieldOf("nothing")).toBeUndefined();
});
