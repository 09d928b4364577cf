import { expect, test } from "bun:test";
import { type AccessToken, unbound } from "./access-token.ts";
import { addressRangeFault, isWithin } from "./address-ranges.ts";
import { mayUseModel, runFault, tokenFault } from "./may-run.ts";

const nowMs = 1_800_000_000_000;
const use = { accountId: "acme", gatewayId: "main", address: "203.0.113.7", nowMs, isRest: false };

function token(changes: Partial<AccessToken> = {}): AccessToken {
  return {
    id: "t1",
    accountId: "acme",
    hash: "00",
    groups: ["AI Gateway Run"],
    ...unbound,
    ...changes,
  };
}

test("a token runs gateways of its account, one for all accounts any", () => {
  expect(runFault(token(), use)).toBeNull();
  expect(runFault(token({ accountId: "*" }), use)).toBeNull();
  expect(runFault(token({ accountId: "other" }), use)).toBe("other_account");
  expect(runFault(token({ groups: ["Headgate Owner"] }), use)).toBeNull();
  expect(runFault(token({ groups: ["AI Gateway Read", "AI Gateway Write"] }), use)).toBe("no_run_permission");
  const reader = token({ groups: ["Workers AI Read"] });
  expect([runFault(reader, use), runFault(reader, { ...use, isRest: true })]).toEqual(["no_run_permission", null]);
  expect(runFault(token(), { ...use, isRest: true })).toBeNull();
});

test("a token bound to gateways runs those alone", () => {
  expect(runFault(token({ gatewayIds: ["main", "spare"] }), use)).toBeNull();
  expect(runFault(token({ gatewayIds: ["spare"] }), use)).toBe("other_gateway");
  expect(runFault(token({ gatewayIds: [] }), use)).toBe("other_gateway");
});

test("a token counts from its first to before its last millisecond, and while it is active", () => {
  expect(tokenFault(token({ notBeforeMs: nowMs }), use)).toBeNull();
  expect(tokenFault(token({ notBeforeMs: nowMs + 1 }), use)).toBe("not_valid_yet");
  expect(tokenFault(token({ expiresAtMs: nowMs + 1 }), use)).toBeNull();
  expect(tokenFault(token({ expiresAtMs: nowMs }), use)).toBe("expired");
  expect(tokenFault(token({ status: "disabled" }), use)).toBe("disabled");
});

test("a token bound to addresses counts there alone", () => {
  const office = token({ ipRanges: { in: ["203.0.113.0/24", "2001:db8::/32"], notIn: ["203.0.113.9"] } });
  const from = (address: string): unknown => tokenFault(office, { ...use, address });
  expect(from("203.0.113.7")).toBeNull();
  expect(from("::ffff:203.0.113.7")).toBeNull();
  expect(from("2001:db8::7")).toBeNull();
  expect(from("203.0.113.9")).toBe("other_address");
  expect(from("::ffff:203.0.113.9")).toBe("other_address");
  expect(from("198.51.100.1")).toBe("other_address");
  expect(from("2001:db9::7")).toBe("other_address");
  expect(from("")).toBe("other_address");
  expect(isWithin({ in: [], notIn: ["10.0.0.0/8"] }, "203.0.113.7")).toBe(true);
  expect(isWithin({ in: [], notIn: ["10.0.0.0/8"] }, "10.200.0.1")).toBe(false);
  expect(isWithin({ in: [], notIn: ["10.0.0.0/8"] }, "unix")).toBe(false);
  expect(isWithin({ in: [], notIn: [] }, "unix")).toBe(true);
});

test("what is no address or range is told", () => {
  for (const good of ["203.0.113.7", "10.0.0.0/8", "0.0.0.0/0", "::1", "2001:db8::/32", "::/0", "::1/128"]) {
    expect(addressRangeFault(good)).toBeNull();
  }
  for (const bad of [
    "",
    "10.0.0.0/33",
    "::/129",
    "10.0.0",
    "10.0.0.0/",
    "10.0.0.0/08",
    "10.0.0.0/8/8",
    "a",
    "fe80::1%lo",
  ]) {
    expect(addressRangeFault(bad)).toContain("expected an address or a range");
  }
});

test("a token bound to models uses those alone, by their name or with their provider", () => {
  const models = ["gpt-4o*", "west/*", "deep/think/*"];
  const may = (provider: string, name: string | null): boolean => mayUseModel({ models }, { provider, name });
  expect(may("east", "gpt-4o-mini")).toBe(true);
  expect(may("east", "gpt-5")).toBe(false);
  expect(may("west", "anything")).toBe(true);
  expect(may("west", "family/model")).toBe(false);
  expect(may("deep", "think/hard")).toBe(true);
  expect(may("west", null)).toBe(false);
  expect(mayUseModel({ models: null }, { provider: "west", name: null })).toBe(true);
  expect(mayUseModel({ models: [] }, { provider: "west", name: "x" })).toBe(false);
});
