import { expect, test } from "bun:test";
import { openSignInGuard } from "./sign-in-guard.ts";

const MINUTE_MS = 60_000;

function guardAt(startMs: number) {
  let nowMs = startMs;
  const guard = openSignInGuard({ nowMs: () => nowMs });
  return { ...guard, pass: (durationMs: number) => (nowMs += durationMs) };
}

test("after five wrong passwords there is a pause that doubles up to a quarter of an hour", () => {
  const guard = guardAt(1_000_000);
  const who = { email: "a@b.example", address: "10.0.0.1" };
  for (let round = 0; round < 5; round += 1) expect(guard.begin(who)).toBe(0);
  const pauses: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const waitMs = guard.begin(who);
    pauses.push(waitMs / MINUTE_MS);
    guard.pass(waitMs - 1);
    expect(guard.begin(who)).toBe(1);
    guard.pass(1);
    expect(guard.begin(who)).toBe(0);
  }
  expect(pauses).toEqual([1, 2, 4, 8, 15, 15]);
});

test("the name counts however it is written, others are not held up, and an hour forgets", () => {
  const guard = guardAt(0);
  const who = (email: string) => ({ email, address: "10.0.0.1" });
  for (const email of ["a@b.example", "A@B.EXAMPLE", "a@B.example", "A@b.example", "a@b.Example"])
    guard.begin(who(email));
  expect(guard.begin(who("a@b.example"))).toBe(MINUTE_MS);
  expect(guard.begin(who("c@b.example"))).toBe(0);
  guard.pass(61 * MINUTE_MS);
  for (let round = 0; round < 5; round += 1) expect(guard.begin(who("a@b.example"))).toBe(0);
});

test("the right password forgets the wrong ones", () => {
  const guard = guardAt(0);
  const who = { email: "a@b.example", address: "10.0.0.1" };
  for (let round = 0; round < 100; round += 1) {
    for (let wrong = 0; wrong < 3; wrong += 1) expect(guard.begin(who)).toBe(0);
    guard.succeeded(who);
    guard.pass(10 * 60 * MINUTE_MS);
  }
});

test("an address that tries many people is held up for all of them", () => {
  const guard = guardAt(0);
  const from = (address: string, round: number) => ({ email: `p${round}@b.example`, address });
  for (let round = 0; round < 50; round += 1) expect(guard.begin(from("10.0.0.1", round))).toBe(0);
  expect(guard.begin(from("10.0.0.1", 99))).toBe(MINUTE_MS);
  expect(guard.begin(from("10.0.0.2", 99))).toBe(0);
});

test("all addresses of one IPv6 network are one", () => {
  const guard = guardAt(0);
  const from = (address: string, round: number) => ({ email: `p${round}@b.example`, address });
  for (let round = 0; round < 50; round += 1) expect(guard.begin(from(`2001:db8:1:2::${round + 1}`, round))).toBe(0);
  expect(guard.begin(from("2001:db8:1:2:ffff::9", 99))).toBe(MINUTE_MS);
  expect(guard.begin(from("2001:db8:1:3::1", 99))).toBe(0);
  for (let round = 0; round < 60; round += 1) expect(guard.begin(from(`::ffff:10.0.0.${round}`, 100 + round))).toBe(0);
});

test("what is remembered is bounded", () => {
  const guard = guardAt(0);
  const first = { email: "first@b.example", address: "a" };
  for (let round = 0; round < 5; round += 1) guard.begin(first);
  expect(guard.begin(first)).toBe(MINUTE_MS);
  for (let round = 0; round < 10_001; round += 1) guard.begin({ email: `x${round}`, address: `y${round}` });
  expect(guard.begin(first)).toBe(0);
});
