import { expect, test } from "bun:test";
import { clientAddress, compileTrustedProxies } from "./client-address.ts";

const trusted = compileTrustedProxies(["10.0.0.0/8", "::1"]);

function seen(remoteAddress: string, ...forwarded: string[]): string {
  return clientAddress({ remoteAddress, headers: forwarded.flatMap((value) => ["x-forwarded-for", value]) }, trusted);
}

test("without a proxy that is believed the connection's address counts, whatever is said", () => {
  expect(seen("203.0.113.9", "198.51.100.1")).toBe("203.0.113.9");
  expect(clientAddress({ remoteAddress: "10.0.0.1", headers: ["x-forwarded-for", "198.51.100.1"] }, [])).toBe(
    "10.0.0.1",
  );
});

test("what believed proxies say counts, back to the first that is not believed", () => {
  expect(seen("10.0.0.1", "198.51.100.1")).toBe("198.51.100.1");
  expect(seen("::ffff:10.0.0.1", "198.51.100.1")).toBe("198.51.100.1");
  expect(seen("::1", "2001:db8::7")).toBe("2001:db8::7");
  expect(seen("10.0.0.1", "192.0.2.66, 198.51.100.1, 10.0.0.2")).toBe("198.51.100.1");
  expect(seen("10.0.0.1", "192.0.2.66", "198.51.100.1")).toBe("198.51.100.1");
  expect(seen("10.0.0.1", "10.0.0.3, 10.0.0.2")).toBe("10.0.0.3");
});

test("what is no address ends the believing", () => {
  expect(seen("10.0.0.1")).toBe("10.0.0.1");
  expect(seen("10.0.0.1", "")).toBe("10.0.0.1");
  expect(seen("10.0.0.1", "198.51.100.1, unknown")).toBe("10.0.0.1");
  expect(seen("10.0.0.1", "198.51.100.1, _hidden, 10.0.0.2")).toBe("10.0.0.2");
});
