import { expect, test } from "bun:test";
import { metadataFault, metadataFrom, metadataRows } from "./metadata-rows.ts";

test("metadata comes back as it was", () => {
  const metadata = { user: "42", paid: true, tries: 3 };
  expect(metadataFrom(metadataRows(metadata))).toEqual(metadata);
  expect(metadataFrom([])).toBeNull();
});

test("faults are told", () => {
  const entry = (name: string, value = "x", kind: "text" | "number" = "text") => ({ name, kind, value });
  expect(metadataFault([entry("a"), entry("b")])).toBeNull();
  expect(metadataFault([entry(" ")])).toContain("name");
  expect(metadataFault([entry("a"), entry("a ")])).toContain("called a");
  expect(metadataFault([entry("n", "", "number")])).toContain("no number");
  expect(metadataFault([entry("n", "1.5", "number")])).toBeNull();
});
