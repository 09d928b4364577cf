import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import type { AccessToken } from "./access-token.ts";
import { tokenFinder } from "./find-token.ts";
import { hashToken, isSameHash, isTokenText, newTokenText, shownParts } from "./token-text.ts";

const key = Buffer.alloc(32, 7);

test("a token has 256 random bits in base 62 and check digits", () => {
  const text = newTokenText(randomBytes);
  expect(text).toMatch(/^hg_[0-9A-Za-z]{49}$/);
  expect(isTokenText(text)).toBe(true);
  expect(newTokenText(randomBytes)).not.toBe(text);
  expect(newTokenText((sizeBytes) => new Uint8Array(sizeBytes).fill(255))).toHaveLength(52);
  expect(newTokenText((sizeBytes) => new Uint8Array(sizeBytes))).toHaveLength(52);
});

test("one wrong, missing or added character is noticed", () => {
  const text = newTokenText(() => new Uint8Array(32).fill(9));
  for (let at = 0; at < text.length; at += 1) {
    const other = text[at] === "0" ? "1" : "0";
    expect(isTokenText(text.slice(0, at) + other + text.slice(at + 1))).toBe(false);
  }
  expect(isTokenText(text.slice(0, -1))).toBe(false);
  expect(isTokenText(`${text}0`)).toBe(false);
  expect(isTokenText("sk-proj-something")).toBe(false);
  expect(isTokenText("")).toBe(false);
});

test("little of it is shown", () => {
  const text = newTokenText(randomBytes);
  expect(shownParts(text)).toEqual({ prefix: text.slice(0, 7), lastFour: text.slice(-4) });
});

test("the hash depends on the key, and is compared as a whole", () => {
  const hash = hashToken(key, "hg_x");
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(hashToken(Buffer.alloc(32, 8), "hg_x")).not.toBe(hash);
  expect(isSameHash(hash, hash)).toBe(true);
  expect(isSameHash(hash, hash.slice(1))).toBe(false);
  expect(isSameHash(hash, `0${hash.slice(1)}`)).toBe(hash.startsWith("0"));
});

test("a token is found by its text, never by its hash", () => {
  const text = newTokenText(randomBytes);
  const hash = hashToken(key, text);
  const token = { id: "t1", hash } as AccessToken;
  const find = tokenFinder([{ id: "t0", hash: hashToken(key, "other") } as AccessToken, token], key);
  expect(find(text)).toBe(token);
  expect(find("other")?.id).toBe("t0");
  expect(find(hash)).toBeNull();
  expect(find("")).toBeNull();
  expect(find(text.toLowerCase())).toBeNull();
  expect(find("x".repeat(100_000))).toBeNull();
  expect(tokenFinder([token], Buffer.alloc(32))(text)).toBeNull();
});
