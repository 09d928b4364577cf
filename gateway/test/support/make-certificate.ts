import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A key and its self-signed certificate as PEM texts; the certificate is its own authority. */
export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** Names in the subject alternative name; `localhost` unless given. */
  readonly hosts?: readonly string[];
  /** Unix milliseconds; a year from now unless given. */
  readonly notAfterMs?: number;
}

const dayMs = 86_400_000;
const ecdsaWithSha256 = sequence(objectId("2a8648ce3d040302"));

/** Makes a throw-away P-256 certificate (RFC 5280) also valid for 127.0.0.1, so that no key is kept with the tests. */
export function makeCertificate(options: CertificateOptions = {}): TestCertificate {
  const pair = generateKeyPairSync("ec", {
    namedCurve: "prime256v1",
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const notAfterMs = options.notAfterMs ?? Date.now() + 365 * dayMs;
  const name = sequence(tagged(0x31, sequence(objectId("550403"), tagged(0x0c, Buffer.from("headgate test")))));
  const altNames = (options.hosts ?? ["localhost"]).map((host) => tagged(0x82, Buffer.from(host)));
  const extensions = sequence(
    sequence(
      objectId("551d13"),
      tagged(0x01, Buffer.from([0xff])),
      tagged(0x04, sequence(tagged(0x01, Buffer.from([0xff])))),
    ),
    sequence(objectId("551d11"), tagged(0x04, sequence(...altNames, tagged(0x87, Buffer.from([127, 0, 0, 1]))))),
  );
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    sequence(time(Math.min(Date.now(), notAfterMs) - dayMs), time(notAfterMs)),
    name,
    pair.publicKey,
    tagged(0xa3, extensions),
  );
  const signature = sign("sha256", body, createPrivateKey(pair.privateKey));
  const bits = tagged(0x03, Buffer.concat([Buffer.from([0]), signature]));
  const base64 = sequence(body, ecdsaWithSha256, bits).toString("base64");
  const lines = base64.match(/.{1,64}/g) ?? [];
  return {
    key: pair.privateKey,
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}

/** One DER element (X.690): tag, length in its shortest form, content. */
function tagged(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function objectId(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, "hex"));
}

function time(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/[-:T]/g, "").slice(0, 14);
  return tagged(0x18, Buffer.from(`${digits}Z`));
}
