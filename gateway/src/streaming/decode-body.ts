import zlib from "node:zlib";

type Decoder = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Buffer;

/** By the names of RFC 9110 §8.4.1 and RFC 8878; `deflate` is the zlib form, sent bare by some. */
const decoders: Readonly<Record<string, readonly Decoder[]>> = {
  gzip: [zlib.gunzipSync],
  "x-gzip": [zlib.gunzipSync],
  deflate: [zlib.inflateSync, zlib.inflateRawSync],
  br: [zlib.brotliDecompressSync],
  zstd: [zlib.zstdDecompressSync],
};

/** Codings in the order they were applied, `identity` left out; empty when the body is plain. */
export function contentCodings(headerValues: readonly string[]): string[] {
  const names = headerValues.flatMap((value) => value.split(","));
  return names.map((name) => name.trim().toLowerCase()).filter((name) => name !== "" && name !== "identity");
}

/**
 * A whole body without its codings, the last applied first. Null when a coding is unknown, the bytes are not what it makes,
 * they are cut short, or any step would give more than `maxBytes`. Never throws.
 */
export function decodeBody(bytes: Buffer, codings: readonly string[], maxBytes: number): Buffer | null {
  let decoded: Buffer | null = bytes;
  for (const coding of codings.toReversed()) {
    decoded = decodeOnce(decoded, coding, maxBytes);
    if (decoded === null) return null;
  }
  return decoded;
}

function decodeOnce(bytes: Buffer, coding: string, maxBytes: number): Buffer | null {
  for (const decode of Object.hasOwn(decoders, coding) ? (decoders[coding] ?? []) : []) {
    try {
      return decode(bytes, { maxOutputLength: maxBytes });
    } catch {
      // Another form of the same coding may fit; the caller learns from null that none did.
    }
  }
  return null;
}
