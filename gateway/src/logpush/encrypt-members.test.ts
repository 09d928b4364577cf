import { describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { sampleEntry } from "../../test/support/sample-entry.ts";
import { decryptMember, isEncryptedMember } from "./decrypt-member.ts";
import { encryptMembers, type EncryptedMember } from "./encrypt-members.ts";
import { logpushLine } from "./logpush-record.ts";
import { readPublicKey } from "./public-key.ts";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, "base64"));

/** Opens a member by Web Crypto, which shares no code with what is tested. */
async function openByWebCrypto({ key, iv, data }: EncryptedMember): Promise<Buffer> {
  const algorithm = { name: "RSA-OAEP", hash: "SHA-256" };
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "der" });
  const own = await crypto.subtle.importKey("pkcs8", Uint8Array.from(pkcs8), algorithm, false, ["decrypt"]);
  const secret = await crypto.subtle.decrypt({ name: "RSA-OAEP" }, own, bytes(key));
  expect(secret.byteLength).toBe(32);
  const aes = await crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["decrypt"]);
  return Buffer.from(await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv), tagLength: 128 }, aes, bytes(data)));
}

test("the form of reference A.11, opened by another implementation", async () => {
  const members = encryptMembers({ A: Buffer.from("grüße"), B: Buffer.alloc(0) }, publicKey);
  expect(Object.keys(members.A)).toEqual(["type", "key", "iv", "data"]);
  expect(members.A.type).toBe("encrypted");
  expect((await openByWebCrypto(members.A)).toString()).toBe("grüße");
  expect((await openByWebCrypto(members.B)).length).toBe(0);
  expect(bytes(members.A.iv).length).toBe(12);
  expect(bytes(members.B.data).length).toBe(16);
});

test("openssl opens the record's key", () => {
  if (Bun.which("openssl") === null) {
    console.log("openssl not tried: it is not installed here");
    return;
  }
  const { key } = encryptMembers({ A: Buffer.from("x") }, publicKey).A;
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const line =
    'openssl pkeyutl -decrypt -inkey <(printf %s "$1") -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256';
  const run = Bun.spawnSync(["bash", "-c", line, "bash", pem], { stdin: bytes(key), timeout: 10_000 });
  expect(run.stderr.toString()).toBe("");
  expect(run.stdout.length).toBe(32);
});

test("one key a record, one vector a member, nothing twice", () => {
  const records = Array.from({ length: 20 }, () =>
    encryptMembers({ A: Buffer.from("x"), B: Buffer.from("x") }, publicKey),
  );
  for (const { A, B } of records) expect(A.key).toBe(B.key);
  const all = records.flatMap(({ A, B }) => [A, B]);
  expect(new Set(all.map(({ key }) => key)).size).toBe(20);
  expect(new Set(all.map(({ iv }) => iv)).size).toBe(40);
  expect(new Set(all.map(({ data }) => data)).size).toBe(40);
});

test("whatever goes in comes out, and what was changed does not", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (plain, at) => {
      const { A } = encryptMembers({ A: plain }, publicKey);
      expect(decryptMember(A, privateKey)).toEqual(Buffer.from(plain));
      const data = bytes(A.data);
      data[at % data.length]! ^= 1;
      expect(() => decryptMember({ ...A, data: Buffer.from(data).toString("base64") }, privateKey)).toThrow();
    }),
    { numRuns: 50 },
  );
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { A } = encryptMembers({ A: Buffer.from("x") }, publicKey);
  expect(() => decryptMember(A, other.privateKey)).toThrow();
  expect(() => decryptMember({ ...A, data: "AAAA" }, privateKey)).toThrow("shorter");
  for (const value of [null, "encrypted", {}, { type: "encrypted", key: 1 }])
    expect(isEncryptedMember(value)).toBe(false);
});

test("a record's members, in clear and not", () => {
  const createdAtMs = Date.UTC(2026, 10, 20, 9, 15, 2, 412);
  const entry = sampleEntry(
    { createdAtMs, gatewayId: "prod", metadata: { user: "u1" } },
    { request: "ask", response: "say" },
  );
  const line = logpushLine(entry, publicKey);
  expect(line.endsWith("}\n")).toBe(true);
  const { Metadata, RequestBody, ResponseBody, ...clear } = JSON.parse(line) as Record<string, unknown>;
  expect(clear).toEqual({
    Datetime: "2026-11-20T09:15:02Z",
    Gateway: "prod",
    Provider: "openai",
    Model: "gpt-4o-mini",
    Endpoint: "chat/completions",
    StatusCode: 200,
    Cached: false,
    RateLimited: false,
  });
  const opened = [Metadata, RequestBody, ResponseBody].map((member) => {
    if (!isEncryptedMember(member)) throw new Error("not encrypted");
    return decryptMember(member, privateKey).toString();
  });
  expect(opened).toEqual(['{"user":"u1"}', "ask", "say"]);
  for (const hidden of ["u1", "ask", "say"]) expect(line).not.toContain(`"${hidden}"`);
  const limited = sampleEntry({ statusCode: 429, errorCode: 2003, cacheStatus: "HIT", model: null, metadata: null });
  expect(JSON.parse(logpushLine(limited, publicKey))).toMatchObject({
    RateLimited: true,
    Cached: true,
    Model: "unknown",
  });
});

describe("readPublicKey", () => {
  const pem = (key: typeof publicKey, type: "spki" | "pkcs1") => key.export({ type, format: "pem" }).toString();
  test("takes both forms of PEM", () => {
    for (const type of ["spki", "pkcs1"] as const)
      expect(readPublicKey(pem(publicKey, type)).equals(publicKey)).toBe(true);
  });
  const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
  const curve = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
  const refused: Record<string, [string, string]> = {
    "no PEM": ["0123456789abcdef", "expected PEM"],
    "a small key": [pem(small, "spki"), "expected 2048 bits or more, got 1024"],
    "another kind of key": [pem(curve, "spki"), "expected RSA, got ec"],
    "the private key": [privateKey.export({ type: "pkcs8", format: "pem" }).toString(), "private key"],
  };
  for (const [name, [text, reason]] of Object.entries(refused)) {
    test(`refuses ${name}`, () => {
      expect(() => readPublicKey(text)).toThrow("Invalid logpush RSA public key");
      expect(() => readPublicKey(text)).toThrow(reason);
    });
  }
});
