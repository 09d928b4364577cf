import { expect, test } from "bun:test";
import { metadataLines, readMetadataLines } from "./metadata-lines.ts";

test("conditions on metadata are lines of text, and come back from them", () => {
  const values = { team: ["blue", "red"], "cost: center": ["7"] };
  expect(metadataLines({ team: ["blue", "red"] })).toBe("team: blue, red");
  expect(readMetadataLines(" team:blue ,red,\n\n env : prod ")).toEqual({ team: ["blue", "red"], env: ["prod"] });
  expect(readMetadataLines("")).toEqual({});
  for (const text of ["team", "team:", ": blue", "team: a\nteam: b"]) expect(readMetadataLines(text)).toBeNull();
  // A key with a colon of its own is written in the API alone, and not taken for another here.
  expect(readMetadataLines(metadataLines(values))).not.toEqual(values);
});
