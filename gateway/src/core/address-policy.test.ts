import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  addressFault,
  allowanceFault,
  compileAddressPolicy,
  originFault,
  resolvedFault,
  strictNetwork,
} from "./address-policy.ts";

const strict = compileAddressPolicy(strictNetwork);
const allowing = (...allow_private: string[]) => compileAddressPolicy({ allow_private, allow_http: false });

/** The first, the last and one address between of what is refused, by what it is called. */
const refusedIpv4: Readonly<Record<string, readonly string[]>> = {
  unspecified: ["0.0.0.0"],
  reserved: [
    "0.0.0.1",
    "0.255.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "240.0.0.1",
    "255.255.255.255",
  ],
  private: [
    "10.0.0.0",
    "10.1.2.3",
    "10.255.255.255",
    "172.16.0.0",
    "172.20.10.2",
    "172.31.255.255",
    "192.168.0.0",
    "192.168.255.255",
  ],
  "carrier NAT": ["100.64.0.0", "100.100.1.1", "100.127.255.255"],
  loopback: ["127.0.0.0", "127.0.0.1", "127.1.2.3", "127.255.255.255"],
  "link-local": ["169.254.0.0", "169.254.1.1", "169.254.255.255"],
  "cloud metadata": ["169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192"],
  multicast: ["224.0.0.0", "224.0.0.251", "239.255.255.255"],
};
const publicIpv4 = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.0",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
];

const bytesOf = (address: string): readonly number[] => address.split(".").map(Number);
const numberOf = (address: string): number => bytesOf(address).reduce((sum, byte) => sum * 256 + byte, 0);
const groupsOf = (address: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = bytesOf(address);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
};
const fullWidth = (text: string): string =>
  text.replaceAll(/\d/g, (digit) => String.fromCodePoint((digit.codePointAt(0) as number) + 0xfee0));

/** Every way in which URLs have been seen to write one IPv4 address, the plain one left out. */
const oddSpellings: Readonly<Record<string, (address: string) => string>> = {
  decimal: (address) => String(numberOf(address)),
  hexadecimal: (address) => `0x${numberOf(address).toString(16)}`,
  "capital hexadecimal": (address) => `0X${numberOf(address).toString(16).toUpperCase().padStart(8, "0")}`,
  octal: (address) => `0${numberOf(address).toString(8)}`,
  "octal bytes": (address) =>
    bytesOf(address)
      .map((byte) => `0${byte.toString(8)}`)
      .join("."),
  "long octal bytes": (address) =>
    bytesOf(address)
      .map((byte) => byte.toString(8).padStart(6, "0"))
      .join("."),
  "hexadecimal bytes": (address) =>
    bytesOf(address)
      .map((byte) => `0x${byte.toString(16)}`)
      .join("."),
  "two parts": (address) => `${bytesOf(address)[0]}.${numberOf(address) % 2 ** 24}`,
  "three parts": (address) => `${bytesOf(address).slice(0, 2).join(".")}.${numberOf(address) % 2 ** 16}`,
  "mixed bases": (address) =>
    bytesOf(address)
      .map((byte, at) => (at % 2 === 0 ? byte : `0x${byte.toString(16)}`))
      .join("."),
  "a dot at the end": (address) => `${address}.`,
  "percent-encoded": (address) => `%3${address[0]}${address.slice(1)}`,
  "full-width digits": fullWidth,
  "ideographic dots": (address) => address.replaceAll(".", "。"),
};
const carriers: Readonly<Record<string, (address: string) => string>> = {
  mapped: (address) => `[::ffff:${address}]`,
  "mapped in groups": (address) => `[::ffff:${groupsOf(address)}]`,
  "mapped in full": (address) => `[0:0:0:0:0:FFFF:${address}]`,
  NAT64: (address) => `[64:ff9b::${address}]`,
  "NAT64 in groups": (address) => `[64:ff9b:0:0:0:0:${groupsOf(address)}]`,
};
const deadTunnels: Readonly<Record<string, (address: string) => string>> = {
  "IPv4-compatible": (address) => `[::${address}]`,
  "6to4": (address) => `[2002:${groupsOf(address)}::1]`,
  Teredo: (address) => `[2001:0:${groupsOf(address)}::1]`,
  "local NAT64": (address) => `[64:ff9b:1::${address}]`,
};
const urlForms = (host: string): readonly string[] => [
  `https://${host}`,
  `https://${host}/v1/chat?x=1#y`,
  `https://${host}:8443/`,
  `HTTPS://${host}/`,
];

describe("addresses that are not public are refused", () => {
  describe.each(Object.entries(refusedIpv4))("%s", (kind, addresses) => {
    test.each(addresses)("%s, told by its kind", (address) => {
      for (const url of urlForms(address)) {
        expect(addressFault(url, strict)).toBe(
          `${address} is a ${kind} address; network.allow_private in headgate.yaml allows it`,
        );
      }
    });

    test.each(Object.entries({ ...oddSpellings, ...carriers, ...deadTunnels }))("as %s", (_, spell) => {
      for (const address of addresses) {
        for (const url of urlForms(spell(address))) expect([url, addressFault(url, strict)]).not.toEqual([url, null]);
      }
    });
  });

  test.each([
    ["unspecified", "::"],
    ["loopback", "::1"],
    ["loopback", "0:0:0:0:0:0:0:1"],
    ["loopback", "0000::0001"],
    ["private", "fc00::1"],
    ["private", "fdff:ffff::1"],
    ["private", "fec0::1"],
    ["link-local", "fe80::1"],
    ["link-local", "febf:ffff::1"],
    ["cloud metadata", "fd00:ec2::254"],
    ["cloud metadata", "fd00:0ec2:0:0:0:0:0:254"],
    ["cloud metadata", "fd20:ce::254"],
    ["multicast", "ff02::1"],
    ["reserved", "2001:db8::1"],
    ["reserved", "3fff::1"],
    ["reserved", "100::1"],
    ["reserved", "5f00::1"],
    ["reserved", "4000::1"],
    ["reserved", "::2"],
  ])("%s: [%s]", (kind, address) => {
    for (const url of urlForms(`[${address}]`)) expect(addressFault(url, strict)).toContain(` is a ${kind} address; `);
  });

  test("a zone is not part of a URL", () => {
    for (const host of ["[fe80::1%25eth0]", "[fe80::1%eth0]", "[::1%25lo]"]) {
      expect(addressFault(`https://${host}/`, strict)).not.toBeNull();
    }
  });

  test("any IPv4 address is judged alike in whatever form", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const plain = addressFault(`https://${address}/`, strict);
        for (const spell of Object.values(carriers)) {
          const carried = addressFault(`https://${spell(address)}/`, strict);
          expect(carried === null).toBe(plain === null);
        }
        for (const spell of [...Object.values(oddSpellings), ...Object.values(deadTunnels)]) {
          expect(addressFault(`https://${spell(address)}/`, strict)).not.toBeNull();
        }
        expect(resolvedFault("a.example.com", [address], strict) === null).toBe(plain === null);
      }),
      { numRuns: 300 },
    );
  });
});

describe("public addresses and names are allowed", () => {
  test.each(publicIpv4)("%s, plainly written", (address) => {
    for (const url of urlForms(address)) expect(addressFault(url, strict)).toBeNull();
    for (const spell of Object.values(oddSpellings)) {
      expect(addressFault(`https://${spell(address)}/`, strict)).toMatch(/plain form|ASCII|valid host/);
    }
  });

  test.each([
    "https://[2606:4700:4700::1111]/",
    "https://[2a00:1450:4001:800::200e]:443",
    "https://example.com",
    "https://api.example.com:8443/v1?key=a@b#c",
    "https://API.Example.COM/",
    "https://xn--mller-kva.de",
    "https://a_b.example.com",
    "https://localhost.example.com",
    "https://internal.example.com",
    "https://mylocalhost.com",
    "https://127.0.0.1.example.com",
    "https://example.com//double/../path",
  ])("%s", (url) => expect(addressFault(url, strict)).toBeNull());
});

describe("names of local networks are refused", () => {
  const names = [
    "localhost",
    "LOCALHOST",
    "LocalHost",
    "a.localhost",
    "localhost.localdomain",
    "metadata.google.internal",
    "host.docker.internal",
    "instance-data.ec2.internal",
    "kubernetes.default.svc",
    "redis.default.svc.cluster.local",
    "printer.local",
    "router.lan",
    "nas.home",
    "x.home.arpa",
    "wiki.corp",
    "a.intranet",
    "db.private",
    "metadata",
    "redis",
    "kubernetes",
  ];
  test.each(names)("%s", (name) => {
    for (const url of urlForms(name)) {
      expect(addressFault(url, strict)).toContain("is a name of a local network; network.allow_private");
    }
    expect(addressFault(`https://${name}./`, strict)).toBe("expected a host name without a dot at its end");
    expect(
      addressFault(`https://${name[0]}%${name.codePointAt(1)!.toString(16)}${name.slice(2)}/`, strict),
    ).not.toBeNull();
  });
});

test.each([
  ["", "expected an https URL such as https://host/path"],
  ["example.com", "expected an https URL such as https://host/path"],
  ["//example.com", "expected an https URL such as https://host/path"],
  ["https:/example.com", "expected an https URL such as https://host/path"],
  ["https:example.com", "expected an https URL such as https://host/path"],
  [String.raw`https:\\example.com`, "expected an https URL such as https://host/path"],
  ["https://", "expected an https URL such as https://host/path"],
  ["https:///path", "expected an https URL such as https://host/path"],
  ["http://example.com", "expected https; network.allow_http in headgate.yaml allows http"],
  ["ftp://example.com", "expected an https URL"],
  ["file:///etc/passwd", "expected an https URL such as https://host/path"],
  ["file://host/etc/passwd", "expected an https URL"],
  ["gopher://example.com", "expected an https URL"],
  ["javascript://example.com/%0aalert(1)", "expected an https URL"],
  ["unix:///run/docker.sock", "expected an https URL such as https://host/path"],
  ["blob:https://example.com", "expected an https URL such as https://host/path"],
  ["https://user@example.com", "expected a URL without user name or password"],
  ["https://user:secret@example.com", "expected a URL without user name or password"],
  ["https://@example.com", "expected a URL without user name or password"],
  ["https://example.com@127.0.0.1", "expected a URL without user name or password"],
  ["https://example.com:443@169.254.169.254/", "expected a URL without user name or password"],
  [String.raw`https://example.com\@127.0.0.1/`, "expected a URL without user name or password"],
  [String.raw`https://example.com\.evil.com/`, "expected a URL without backslashes"],
  ["https://exam ple.com", "expected a URL of visible ASCII characters"],
  [" https://example.com", "expected a URL of visible ASCII characters"],
  ["https://example.com\n", "expected a URL of visible ASCII characters"],
  ["https://exa\tmple.com", "expected a URL of visible ASCII characters"],
  ["https://m\u00FCller.de", "expected a URL of visible ASCII characters"],
  ["https://ⓛocalhost", "expected a URL of visible ASCII characters"],
  ["https://example\u3002com", "expected a URL of visible ASCII characters"],
  ["https://example.com:0", "expected a URL with a valid host and port"],
  ["https://example.com:65536", "expected a URL with a valid host and port"],
  ["https://example.com:x", "expected a URL with a valid host and port"],
  ["https://256.1.1.1", "expected a URL with a valid host and port"],
  ["https://a.0x7f", "expected a URL with a valid host and port"],
  ["https://[::1", "expected a URL with a valid host and port"],
  ["https://example.com.", "expected a host name without a dot at its end"],
  ["https://example..com", "expected a host name of letters, digits, dashes and dots"],
  ["https://.example.com", "expected a host name of letters, digits, dashes and dots"],
  ["https://-a.example.com", "expected a host name of letters, digits, dashes and dots"],
  ["https://{account}.example.com", "expected a host name of letters, digits, dashes and dots"],
  ["https://a*.example.com", "expected a host name of letters, digits, dashes and dots"],
  ["https://%65xample.com", "expected the host in its plain form, example.com"],
])("%j: %s", (url, fault) => expect(addressFault(url, strict)).toBe(fault));

describe("what the file allows", () => {
  test("http, for allowed hosts only", () => {
    const policy = compileAddressPolicy({ allow_private: [], allow_http: true });
    expect(addressFault("http://example.com/", policy)).toBeNull();
    expect(addressFault("http://127.0.0.1/", policy)).toContain("loopback");
    expect(addressFault("ftp://example.com/", policy)).toBe("expected an https URL");
    expect(originFault({ secure: false, hostname: "example.com" }, policy)).toBeNull();
    expect(originFault({ secure: false, hostname: "example.com" }, strict)).toContain("allow_http");
  });

  test.each([
    ["10.0.0.0/8", "https://10.1.2.3/", true],
    ["10.0.0.0/8", "https://[::ffff:10.1.2.3]/", true],
    ["10.0.0.0/8", "https://[64:ff9b::10.1.2.3]/", true],
    ["10.0.0.0/8", "https://11.1.2.3/", true],
    ["10.0.0.0/8", "https://172.16.0.1/", false],
    ["10.0.0.5", "https://10.0.0.5/", true],
    ["10.0.0.5", "https://10.0.0.6/", false],
    ["10.0.0.5", "https://167772165/", false],
    ["127.0.0.1", "https://localhost/", false],
    ["localhost", "https://localhost/", true],
    ["localhost", "https://a.localhost/", false],
    ["localhost", "https://127.0.0.1/", false],
    ["Gpu.Internal", "https://gpu.internal/", true],
    ["*.internal", "https://gpu.eu.internal/", true],
    ["*.internal", "https://internal/", false],
    ["*.internal", "https://gpu.internal.evil.lan/", false],
    ["fd00::/8", "https://[fd12::1]/", true],
    ["169.254.169.254", "https://169.254.169.254/", true],
    ["0.0.0.0/0", "https://[::1]/", false],
  ])("%s for %s: %p", (entry, url, isAllowed) => expect(addressFault(url, allowing(entry)) === null).toBe(isAllowed));

  test("a name leads to its addresses, all of them", () => {
    expect(resolvedFault("a.example.com", ["8.8.8.8", "2606:4700::1"], strict)).toBeNull();
    expect(resolvedFault("a.example.com", ["8.8.8.8", "10.0.0.1"], strict)).toBe(
      "the name leads to a private address; network.allow_private in headgate.yaml allows it",
    );
    expect(resolvedFault("a.example.com", ["fe80::1%eth0"], strict)).toContain("link-local");
    expect(resolvedFault("a.example.com", ["no address"], strict)).toContain("reserved");
    expect(resolvedFault("a.example.com", ["10.0.0.1"], allowing("10.0.0.0/24"))).toBeNull();
  });

  test("an allowed name may be private, but metadata and the like take a range", () => {
    const policy = allowing("gpu.internal");
    for (const address of ["10.0.0.1", "127.0.0.1", "100.64.0.1", "fd12::1", "::1"]) {
      expect(resolvedFault("gpu.internal", [address], policy)).toBeNull();
    }
    for (const address of ["169.254.169.254", "169.254.0.1", "0.0.0.0", "fd00:ec2::254", "224.0.0.1", "240.0.0.1"]) {
      expect(resolvedFault("gpu.internal", [address], policy)).not.toBeNull();
    }
    expect(resolvedFault("gpu.internal", ["169.254.169.254"], allowing("gpu.internal", "169.254.169.254"))).toBeNull();
  });

  test.each(["10.0.0.1", "10.0.0.0/8", "fd00::/8", "::1", "gpu", "gpu.internal", "*.internal", "A_b.example.com"])(
    "the entry %s is one",
    (entry) => expect(allowanceFault(entry)).toBeNull(),
  );
  test.each([
    "",
    "*",
    "*.",
    "10.0.0.0/33",
    "10.0.0",
    "10",
    "0x7f",
    "a b",
    "https://a.com",
    "a.com:80",
    "a.com/",
    "[::1]",
    "a..b",
    "*.*.b",
  ])("the entry %j is none", (entry) => expect(allowanceFault(entry)).toStartWith("expected an IP address"));
});

test("no text, whatever it is, breaks the check or gets another host through", () => {
  const piece = fc.constantFrom(
    "https://",
    "http:",
    "/",
    "\\",
    "@",
    ":",
    "127.0.0.1",
    "[::1]",
    "a.com",
    "%00",
    "#",
    "?",
    ".",
    "８",
    "0x7f",
    "{x}",
  );
  const soup = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(fc.oneof(soup, fc.webUrl(), fc.string()), (text) => {
      if (addressFault(text, strict) !== null) return;
      const { protocol, hostname, username } = new URL(text);
      expect([protocol, username]).toEqual(["https:", ""]);
      expect(originFault({ secure: true, hostname: hostname.replace(/^\[|\]$/g, "") }, strict)).toBeNull();
    }),
    { numRuns: 3000 },
  );
});
