import { describe, expect, test } from "bun:test";
import type { StoredKey } from "../core/stored-key.ts";
import { chooseKey, type KeyChoice } from "./choose-key.ts";
import { createKeyHealth, isKeyFailure, restMs } from "./key-health.ts";

const key = (id: string, weight = 1): StoredKey => ({
  id,
  fullId: id,
  providerSlug: "p",
  alias: "default",
  isDefault: false,
  weight,
  secret: { text: id },
  rateLimit: null,
});

function choice(changes: Partial<KeyChoice> = {}): KeyChoice {
  const health = createKeyHealth({ monotonicMs: () => 0 });
  return { health, tried: new Set(), nowMs: 0, affinity: null, random: Math.random, ...changes };
}

describe("by chance", () => {
  test("each key gets its share", () => {
    const pool = [key("a", 1), key("b", 3), key("c", 6)];
    const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
    for (let step = 0; step < 1000; step += 1) {
      const { id } = chooseKey(pool, choice({ random: () => (step + 0.5) / 1000 })) as StoredKey;
      counts[id] = (counts[id] ?? 0) + 1;
    }
    expect(counts).toEqual({ a: 100, b: 300, c: 600 });
  });

  test("a key that rests or was tried is left out", () => {
    const pool = [key("a"), key("b"), key("c")];
    const health = createKeyHealth({ monotonicMs: () => 0 });
    health.rest("a", 1000, 429);
    const options = choice({ health, tried: new Set(["b"]) });
    expect(chooseKey(pool, { ...options, random: () => 0 })?.id).toBe("c");
    expect(chooseKey(pool, { ...options, nowMs: 1000, random: () => 0 })?.id).toBe("a");
    health.recover("a");
    expect(chooseKey(pool, { ...options, random: () => 0 })?.id).toBe("a");
  });

  test("when all rest, the one that is ready first; none after a try", () => {
    const pool = [key("a"), key("b")];
    const health = createKeyHealth({ monotonicMs: () => 0 });
    health.rest("a", 2000, 429);
    health.rest("b", 1000, 429);
    expect(chooseKey(pool, choice({ health }))?.id).toBe("b");
    expect(chooseKey(pool, choice({ health, tried: new Set(["b"]) }))).toBeNull();
    expect(chooseKey([], choice())).toBeNull();
  });
});

describe("by affinity", () => {
  const pool = [key("a", 1), key("b", 1), key("c", 2)];
  const at = (affinity: string, keys = pool, changes: Partial<KeyChoice> = {}) =>
    chooseKey(keys, choice({ affinity, ...changes }))?.id as string;

  test("the same value gets the same key, other values spread by weight", () => {
    const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
    for (let value = 0; value < 4000; value += 1) {
      const chosen = at(`session ${value}`);
      expect(at(`session ${value}`)).toBe(chosen);
      counts[chosen] = (counts[chosen] ?? 0) + 1;
    }
    expect(counts["a"]).toBeWithin(900, 1100);
    expect(counts["b"]).toBeWithin(900, 1100);
    expect(counts["c"]).toBeWithin(1850, 2150);
  });

  test("a key that goes moves only what it had; one that rests gets it back", () => {
    for (let value = 0; value < 200; value += 1) {
      const chosen = at(`session ${value}`);
      const without = at(
        `session ${value}`,
        pool.filter(({ id }) => id !== "b"),
      );
      if (chosen !== "b") expect(without).toBe(chosen);
      const health = createKeyHealth({ monotonicMs: () => 0 });
      health.rest("b", 10, 429);
      expect(at(`session ${value}`, pool, { health })).toBe(without);
      expect(at(`session ${value}`, pool, { health, nowMs: 10 })).toBe(chosen);
    }
  });
});

describe("health", () => {
  test("which answers speak against a key, and for how long", () => {
    expect([200, 400, 404, 408, 500, 503].filter(isKeyFailure)).toEqual([]);
    expect([401, 402, 403, 429].filter(isKeyFailure)).toEqual([401, 402, 403, 429]);
    expect(restMs(429, null)).toBe(10_000);
    expect(restMs(401, null)).toBe(60_000);
    expect(restMs(429, 5)).toBe(5);
    expect(restMs(429, 1e9)).toBe(3_600_000);
  });

  test("who asks is told which keys rest, since when, why and until when", () => {
    let nowMs = 100;
    const health = createKeyHealth({ monotonicMs: () => nowMs });
    health.rest("a", 50, 429);
    health.rest("b", 500, null);
    expect(health.resting(1)).toEqual([{ keyId: "a", status: 429, sinceMs: 100, readyAtMs: 150 }]);
    nowMs = 200;
    expect(health.resting(9).map(({ keyId }) => keyId)).toEqual(["b"]);
    // It was tried again and has not done well since.
    health.rest("a", 50, 401);
    expect(health.resting(9)[1]).toEqual({ keyId: "a", status: 401, sinceMs: 100, readyAtMs: 250 });
    health.recover("a");
    health.rest("a", 50, 401);
    expect(health.resting(9)[1]?.sinceMs).toBe(200);
  });

  test("what is remembered is bounded", () => {
    const health = createKeyHealth({ monotonicMs: () => 0 });
    for (let index = 0; index <= 10_000; index += 1) health.rest(`key ${index}`, 1000, 429);
    expect(health.readyAtMs("key 0")).toBe(0);
    expect(health.readyAtMs("key 1")).toBe(1000);
    expect(health.readyAtMs("key 10000")).toBe(1000);
  });
});
