import type { SeededRandom } from "./seeded-random.ts";

const texts = [
  "",
  " ",
  "0",
  "-1",
  "1e309",
  "99999999999999999999",
  "NaN",
  "null",
  "true",
  "default",
  "__proto__",
  "constructor",
  "toString",
  "../../etc/passwd",
  "..%2f..%2f",
  "%00",
  "%",
  "%zz",
  "%ff%fe",
  "a\u0000b",
  "\u{1F600}",
  "\ud800",
  "é",
  "'; DROP TABLE logs; --",
  '"\\',
  "%_",
  "*",
  "(((((((((((",
  "{{{{",
  "${HOME}",
  "<script>alert(1)</script>",
  "a@b",
  "[0]",
  "2026-13-45T99:99:99Z",
  "1970-01-01",
  "file:///etc/passwd",
  "env:HOME",
  "javascript:alert(1)",
];

/** Addresses that lead to a place nobody may be led to, in many spellings. */
export function strangerUrls(port: number): string[] {
  const hosts = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0"];
  return hosts.flatMap((host) => [`http://${host}:${port}`, `http://user:word@${host}:${port}/v1`]);
}

/** A text that programs stumble over; now and then a very long one. */
export function nastyText(random: SeededRandom): string {
  if (random.chance(0.02)) return random.pick(["a", "é", "(", "[", "%2e"]).repeat(1 + random.below(5000));
  if (random.chance(0.1)) return random.bytes(random.below(24)).toString("latin1");
  return random.pick(texts);
}

/** Any JSON value, at most `depth` deep. */
export function nastyJson(random: SeededRandom, depth = 3): unknown {
  const kind = random.below(depth > 0 ? 9 : 6);
  if (kind === 0) return null;
  if (kind === 1) return random.chance(0.5);
  if (kind === 2) return random.pick([0, -0, -1, 1, 1.5, 1e21, -1e-7, 2 ** 53, 4_294_967_296, 1e308]);
  if (kind < 6) return nastyText(random);
  const size = random.below(4);
  if (kind < 7) return Array.from({ length: size }, () => nastyJson(random, depth - 1));
  const members = Array.from({ length: size }, () => [nastyText(random), nastyJson(random, depth - 1)] as const);
  return Object.fromEntries(members);
}

/** The value with something in it, anywhere, in the place of something else, added, doubled or taken away. */
export function alteredJson(random: SeededRandom, value: unknown): unknown {
  if (typeof value !== "object" || value === null || random.chance(0.15)) return nastyJson(random);
  if (Array.isArray(value)) {
    const place = random.below(value.length + 1);
    if (place === value.length) return [...(value as unknown[]), nastyJson(random)];
    if (random.chance(0.1)) return value.filter((_, index) => index !== place) as unknown[];
    return value.map((item: unknown, index) => (index === place ? alteredJson(random, item) : item));
  }
  const entries = Object.entries(value);
  const place = random.below(entries.length + 1);
  if (place === entries.length) return { ...value, [nastyText(random)]: nastyJson(random) };
  if (random.chance(0.1)) return Object.fromEntries(entries.filter((_, index) => index !== place));
  return Object.fromEntries(
    entries.map(([name, inner], index) => [name, index === place ? alteredJson(random, inner) : inner]),
  );
}

/** The JSON text of a value, at times with damage that only a text can have. */
export function nastyJsonText(random: SeededRandom, value: unknown): Buffer {
  const text = JSON.stringify(value) ?? "null";
  if (random.chance(0.75)) return Buffer.from(text);
  if (random.chance(0.2)) return Buffer.from("[".repeat(1 + random.below(20_000)));
  if (random.chance(0.2)) return Buffer.from(text.replace("{", '{"model":"a","model":"b","":0,'));
  if (random.chance(0.1)) return Buffer.from(`\ufeff${text}`);
  return damaged(random, Buffer.from(text));
}

const spliced = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  "\r\n\r\n",
  " ",
  ":",
  ",",
  '"',
  "{",
  "\u00ff",
  "0\r\n\r\n",
  "\t",
  "-",
  "\\u0000",
];

/** The bytes with one to four of them changed, doubled, taken away, or others put between. */
export function damaged(random: SeededRandom, bytes: Buffer): Buffer {
  let result = bytes;
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    const place = random.below(result.length + 1);
    const [before, after] = [result.subarray(0, place), result.subarray(place)];
    const length = 1 + random.below(8);
    result = Buffer.concat(
      random.pick([
        () => [before, Buffer.from(random.pick(spliced), "latin1"), after],
        () => [before, random.bytes(length), after.subarray(length)],
        () => [before, after.subarray(length)],
        () => [before, after.subarray(0, length), after],
      ])(),
    );
  }
  return result;
}
