import { describe, expect, test } from "bun:test";
import { createDecipheriv, hkdfSync } from "node:crypto";
import { isSealedSecret, type SealedSecret } from "../core/sealed-secret.ts";
import { masterKeyFromText, newMasterKey } from "./master-key.ts";
import { openSecret, rewrapSecret, sealSecret, UnsealError } from "./seal-secret.ts";

const key = newMasterKey();
const context = { accountId: "acc", kind: "secret", id: "s1" };
const text = "sk-ünïcode-🔑 with spaces";

describe("sealing", () => {
  test("what was sealed opens again, and shows nothing of its text", () => {
    const sealed = sealSecret(key, text, context);
    expect(openSecret(key, sealed, context)).toBe(text);
    expect(openSecret(key, JSON.parse(JSON.stringify(sealed)) as SealedSecret, context)).toBe(text);
    expect(isSealedSecret(sealed)).toBe(true);
    expect(JSON.stringify(sealed)).not.toContain("sk-");
    expect(openSecret(key, sealSecret(key, "", context), context)).toBe("");
  });

  test("the same text sealed twice has nothing in common", () => {
    const [one, two] = [sealSecret(key, text, context), sealSecret(key, text, context)];
    expect(one.text).not.toBe(two.text);
    expect(one.dataKey).not.toBe(two.dataKey);
  });

  test.each([
    { ...context, accountId: "other" },
    { ...context, kind: "provider-config" },
    { ...context, id: "s2" },
    // Joined without borders both would read the same.
    { accountId: "accs", kind: "ecret", id: "s1" },
  ])("a sealed secret cannot be moved to %j", (elsewhere) => {
    expect(() => openSecret(key, sealSecret(key, text, context), elsewhere)).toThrow(UnsealError);
  });

  test("every changed character of data key and text is noticed", () => {
    const sealed = sealSecret(key, "short", context);
    for (const member of ["dataKey", "text"] as const) {
      for (let index = 0; index < sealed[member].length - 1; index += 1) {
        const other = sealed[member][index] === "A" ? "B" : "A";
        const changed = sealed[member].slice(0, index) + other + sealed[member].slice(index + 1);
        expect(() => openSecret(key, { ...sealed, [member]: changed }, context)).toThrow(UnsealError);
      }
      expect(() => openSecret(key, { ...sealed, [member]: "" }, context)).toThrow(UnsealError);
    }
  });

  test("another master key is named by its fingerprint", () => {
    const other = newMasterKey();
    expect(() => openSecret(other, sealSecret(key, text, context), context)).toThrow(
      `the secret was sealed under the master key ${key.id}, and this one is ${other.id}`,
    );
  });

  test("data keys of two secrets cannot be exchanged", () => {
    const [one, two] = [sealSecret(key, "one", context), sealSecret(key, "two", { ...context, id: "s2" })];
    expect(() => openSecret(key, { ...one, dataKey: two.dataKey }, context)).toThrow(UnsealError);
  });

  test("it is AES-256-GCM under a data key that is AES-256-GCM under the derived master key", () => {
    const sealed = sealSecret(key, text, context);
    const wrapping = Buffer.from(hkdfSync("sha256", key.bytes, "headgate", "data keys", 32));
    const decrypt = (bytes: Buffer, secret: Buffer, associated: string) => {
      const decipher = createDecipheriv("aes-256-gcm", secret, bytes.subarray(0, 12));
      decipher.setAAD(Buffer.from(associated)).setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    };
    const dataKey = decrypt(Buffer.from(sealed.dataKey, "base64url"), wrapping, "headgate data key 1");
    const associated = '["headgate secret 1","acc","secret","s1"]';
    expect(decrypt(Buffer.from(sealed.text, "base64url"), dataKey, associated).toString()).toBe(text);
  });
});

describe("rewrapping", () => {
  test("only the data key is wrapped anew", () => {
    const next = newMasterKey();
    const sealed = sealSecret(key, text, context);
    const moved = rewrapSecret(sealed, key, next);
    expect(moved.text).toBe(sealed.text);
    expect(moved.keyId).toBe(next.id);
    expect(openSecret(next, moved, context)).toBe(text);
    expect(() => openSecret(key, moved, context)).toThrow(UnsealError);
    expect(() => rewrapSecret(moved, key, next)).toThrow(UnsealError);
  });
});

describe("master keys", () => {
  const bytes = Buffer.from("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1dfeff", "hex");

  test.each([
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    bytes.toString("base64"),
    bytes.toString("base64url"),
  ])("%s stands for its 32 bytes", (written) => {
    expect(masterKeyFromText(written).bytes).toEqual(bytes);
  });

  test("any other long text makes a key, the same each time", () => {
    const sentence = "a sentence of more than 32 characters";
    const expected = Buffer.from(hkdfSync("sha256", sentence, "headgate", "master key from text", 32));
    expect(masterKeyFromText(sentence).bytes).toEqual(expected);
    expect(masterKeyFromText(`${sentence}!`).bytes).not.toEqual(expected);
    expect(masterKeyFromText("é".repeat(32)).bytes).toHaveLength(32);
  });

  test.each(["", "k".repeat(31), "é".repeat(31)])("%j is too short", (short) => {
    expect(() => masterKeyFromText(short)).toThrow("at least 32 characters");
  });
});
