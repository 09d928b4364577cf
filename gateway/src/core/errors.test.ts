import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorCatalogue, GatewayError, type ErrorDefinition } from "./errors.ts";

const page = readFileSync(join(import.meta.dir, "../../../docs/reference/errors.md"), "utf8");
const rows = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) \| (.+?) \| (\w+) \| (yes|no) \| (.+) \|$/gm)];
const documented = Object.fromEntries(
  rows.map(([, name, code, status, message, fault, again]) => [
    name,
    { code: Number(code), status: Number(status), message, fault, retryable: again === "yes" },
  ]),
);

test("docs/reference/errors.md and the catalogue say the same, in the same order", () => {
  expect(documented).toEqual(errorCatalogue);
  expect(rows.map(([, name]) => name as string)).toEqual(Object.keys(errorCatalogue));
});

test("every catalogue row is one an answer can be made of", () => {
  const definitions: readonly ErrorDefinition[] = Object.values(errorCatalogue);
  for (const { code, status, message } of definitions) {
    expect(Number.isInteger(code) && code >= 2000 && code < 10_000).toBe(true);
    expect(status >= 400 && status < 600).toBe(true);
    expect(message).not.toBe("");
  }
  const answers = definitions.map(({ code, status }) => `${code} ${status}`);
  expect(new Set(answers).size).toBe(answers.length);
});

test("a GatewayError carries its row, and the catalogue's message unless a longer one is given", () => {
  const plain = new GatewayError("invalidProvider");
  expect(plain.definition).toEqual(errorCatalogue.invalidProvider);
  expect(plain.message).toBe("Invalid provider");
  expect(plain.details).toEqual({});
  const told = new GatewayError("invalidRequest", { message: "[0].provider is missing", path: "[0].provider" });
  expect(told).toMatchObject({ message: "[0].provider is missing", details: { path: "[0].provider" } });
  expect(told).toBeInstanceOf(Error);
});
