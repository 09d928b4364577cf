import { expect, test } from "bun:test";
import { sampleRecord } from "../../test/support/sample-record.ts";
import { usageEventsOf } from "./usage-events-of.ts";

const everything = {
  name: "$provider $model",
  payload: {
    customer: "$metadata_customerId",
    dollars: "$cost",
    exact: "$cost_nano_usd",
    in: "$input_tokens",
    out: "$output_tokens",
    read: "$cached_read_tokens",
    written: "$cached_write_tokens",
  },
};
const tokens = { name: "tokens", payload: { value: "$input_tokens" } };
const usage = { inputTokens: 20, outputTokens: 30, inputCachedTokens: 4, inputCacheCreationTokens: 5 };
const record = sampleRecord({ usage, metadata: { customerId: "cus_1", level: 3, paid: true } });

test("an answered request tells all that is known of it, once for each template", () => {
  const { events, incomplete } = usageEventsOf(record, [everything, tokens]);
  expect(incomplete).toBe(0);
  expect(events).toEqual([
    {
      identifier: `${record.id}-0`,
      atMs: record.createdAtMs,
      name: "openai gpt-4o-mini",
      payload: {
        customer: "cus_1",
        dollars: "0.0000222",
        exact: "22200",
        in: "20",
        out: "30",
        read: "4",
        written: "5",
      },
    },
    { identifier: `${record.id}-1`, atMs: record.createdAtMs, name: "tokens", payload: { value: "20" } },
  ]);
  const typed = { name: "m", payload: { level: "$metadata_level", paid: "$metadata_paid" } };
  expect(usageEventsOf(record, [typed]).events[0]?.payload).toEqual({ level: "3", paid: "true" });
});

test("what is not known makes no event and is counted; tokens the provider did not name are none", () => {
  const unpriced = { ...record, cost: { state: "unpriced", nanoUsd: null, priceVersion: null } as const };
  expect(usageEventsOf(unpriced, [everything, tokens])).toMatchObject({ incomplete: 1, events: [{ name: "tokens" }] });
  expect(usageEventsOf({ ...record, metadata: null }, [everything])).toEqual({ incomplete: 1, events: [] });
  const inherited = { name: "m", payload: { value: "$metadata_constructor" } };
  expect(usageEventsOf(record, [inherited])).toEqual({ incomplete: 1, events: [] });
  const bare = { name: "m", payload: { value: "$cached_read_tokens" } };
  expect(usageEventsOf({ ...record, usage: { inputTokens: 1 } }, [bare]).events[0]?.payload).toEqual({ value: "0" });
});

test("only what a provider answered is told: whole, or until the client left", () => {
  const none = { incomplete: 0, events: [] };
  const failed = { success: false } as const;
  for (const changes of [
    { ...failed, outcome: "superseded" },
    { ...failed, outcome: "truncated" },
    { ...failed, outcome: "client_aborted", statusCode: 400 },
    { ...failed, outcome: "refused", usage: null, cost: { state: "none", nanoUsd: null, priceVersion: null } },
    { cacheStatus: "HIT", cost: { state: "none", nanoUsd: null, priceVersion: null, savedNanoUsd: 1 } },
    { usage: null, cost: { state: "none", nanoUsd: null, priceVersion: null } },
  ] as const) {
    expect(usageEventsOf({ ...record, ...changes }, [everything, tokens])).toEqual(none);
  }
  expect(usageEventsOf({ ...record, ...failed, outcome: "client_aborted" }, [tokens]).events).toHaveLength(1);
});
