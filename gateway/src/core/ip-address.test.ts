import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isIPv4, isIPv6 } from "node:net";
import { isInRange, parseIpAddress, parseIpRange } from "./ip-address.ts";

describe("parseIpAddress", () => {
  test.each([
    ["0.0.0.0", 4, 0n],
    ["1.2.3.4", 4, 0x01_02_03_04n],
    ["255.255.255.255", 4, 0xff_ff_ff_ffn],
    ["::", 6, 0n],
    ["::1", 6, 1n],
    ["1::", 6, 1n << 112n],
    ["::ffff:1.2.3.4", 6, 0xff_ff_01_02_03_04n],
    ["1:2:3:4:5:6:7:8", 6, 0x00_01_00_02_00_03_00_04_00_05_00_06_00_07_00_08n],
    ["1:2:3:4:5:6:7::", 6, 0x00_01_00_02_00_03_00_04_00_05_00_06_00_07_00_00n],
    ["FE80::1%eth0", 6, (0xfe80n << 112n) | 1n],
  ] as const)("%s", (text, family, value) => expect(parseIpAddress(text)).toEqual({ family, value }));

  test.each([
    "",
    "1",
    "1.2.3",
    "1.2.3.4.",
    "01.2.3.4",
    "0x1.2.3.4",
    "1.2.3.256",
    "1.2.3.4 ",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4::5:6:7:8",
    "12345::",
    "g::",
    "[::1]",
    "::1.2.3.4:5",
    "example.com",
  ])("refuses %j", (text) => expect(parseIpAddress(text)).toBeNull());

  test("takes what the system takes, and nothing else", () => {
    const piece = fc.constantFrom("0", "1", "ff", "::", ":", ".", "255", "256", "1.2.3.4", "ABCD");
    const soup = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(fc.oneof(soup, fc.ipV4(), fc.ipV6()), (text) => {
        const family = isIPv4(text) ? 4 : isIPv6(text) ? 6 : null;
        expect(parseIpAddress(text)?.family ?? null).toBe(family);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("ranges", () => {
  test.each([
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["10.1.2.3/8", "10.9.9.9", true],
    ["0.0.0.0/0", "8.8.8.8", true],
    ["0.0.0.0/0", "::1", false],
    ["192.168.1.1", "192.168.1.1", true],
    ["192.168.1.1/32", "192.168.1.2", false],
    ["fd00::/8", "fdff::1", true],
    ["fd00::/8", "fe00::1", false],
    ["::1/128", "::1", true],
  ])("%s holds %s: %p", (range, address, isHeld) => {
    expect(isInRange(parseIpAddress(address)!, parseIpRange(range)!)).toBe(isHeld);
  });

  test.each([
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0.0.0/08",
    "10.0.0.0/-1",
    "::/129",
    "fe80::1%eth0/64",
    "/8",
    "x/8",
  ])("%s is none", (text) => expect(parseIpRange(text)).toBeNull());
});
