import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { addressKind } from "./address-kind.ts";
import { addressFault, compileAddressPolicy, isLocalName, resolvedFault, strictNetwork } from "./address-policy.ts";
import { parseIpAddress } from "./ip-address.ts";

const page = readFileSync(new URL("../../../docs/reference/network.md", import.meta.url), "utf8");
const strict = compileAddressPolicy(strictNetwork);
/** What stands in backquotes in the paragraph or entry that has this in it. */
function codesNear(text: string): string[] {
  const part = page.split(/\n(?=- |\n)/).find((paragraph) => paragraph.includes(text)) ?? "";
  return [...part.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string);
}
const refused = (host: string): boolean => addressFault(`https://${host}/`, strict) !== null;

describe("docs/reference/network.md", () => {
  test("ends of local names are refused as it says, and others are not", () => {
    const [localhost, ...ends] = codesNear("names of local networks");
    expect(localhost).toBe("localhost");
    expect(ends).toHaveLength(11);
    for (const end of ends) {
      expect([end, refused(`host${end}`), isLocalName(`host${end}`)]).toEqual([end, true, true]);
      expect([end, refused(`host${end}.example`)]).toEqual([end, false]);
    }
    expect([refused("localhost"), refused("nodot"), refused("host.example")]).toEqual([true, true, false]);
  });

  test("ends of names that the code knows are all on the page", () => {
    const source = readFileSync(new URL("address-policy.ts", import.meta.url), "utf8");
    const list = /const localEnds = \[([^\]]+)\]/.exec(source)?.[1] ?? "";
    const ends = [...list.matchAll(/"([^"]+)"/g)].map((match) => `.${match[1]}`);
    expect(codesNear("names of local networks").slice(1).toSorted()).toEqual(ends.toSorted());
  });

  test("addresses and spellings that it names are refused", () => {
    const networks = codesNear("addresses that are private");
    expect(networks).toContain("169.254.169.254");
    for (const network of networks) {
      const first = network.replace(/\/\d+$/, "");
      const address = parseIpAddress(first);
      expect([first, address === null ? null : addressKind(address)]).not.toEqual([first, null]);
      expect([first, resolvedFault("host.example", [first], strict)]).not.toEqual([first, null]);
    }
    const spellings = codesNear("in another spelling").map((text) => text.replace(/^https:\/\/|\/$/g, ""));
    expect(spellings.map(refused)).toEqual([true, true, true]);
  });

  test("the example allows what it says", () => {
    const entries = [...page.matchAll(/^ {4}- "?([^\s"#]+)"?/gm)].map((match) => match[1] as string);
    expect(entries).toHaveLength(4);
    const policy = compileAddressPolicy({ allow_private: entries, allow_http: true });
    for (const host of ["10.20.3.4", "192.168.1.7", "gpu.internal", "web.svc.cluster.local"]) {
      expect([host, addressFault(`http://${host}/`, policy)]).toEqual([host, null]);
      expect([host, addressFault(`http://${host}/`, strict)]).not.toEqual([host, null]);
    }
    expect(addressFault("http://10.21.0.1/", policy)).not.toBeNull();
    expect(resolvedFault("gpu.internal", ["10.9.9.9"], policy)).toBeNull();
    expect(resolvedFault("gpu.internal", ["169.254.169.254"], policy)).not.toBeNull();
  });
});
