import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../../src/config/load-config.ts";
import { fileSchema } from "../../src/config/schema.ts";
import { catalogue } from "../../src/providers/catalogue.ts";

const root = resolve(import.meta.dir, "../../..");
const providerSlugs = catalogue.flatMap(({ slug, aliases = [] }) => [slug, ...aliases]);
const sections = Object.keys(fileSchema.shape);

/** Every piece of YAML on a page that is a mapping, but those for other programs. */
const pieces = ["README.md", ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })]
  .filter((path) => path.endsWith(".md"))
  .map((path) => (path === "README.md" ? path : `docs/${path}`))
  .flatMap((path) =>
    [...readFileSync(join(root, path), "utf8").matchAll(/^( *)```yaml\n([^]*?)^ *```$/gm)].map(
      ([, indent = "", text = ""]) => ({
        path,
        value: parse(text.replaceAll(new RegExp(`^${indent}`, "gm"), "")) as unknown,
      }),
    ),
  )
  .filter(({ value }) => typeof value === "object" && value !== null && !("scrape_configs" in value));

/** The file that a piece is, or a part of: of its gateway, or of its account. */
function filesWith(value: object): object[] {
  if (Object.keys(value).every((key) => sections.includes(key))) return [value];
  return [
    { accounts: { default: { gateways: { default: value } } } },
    { accounts: { default: { gateways: { default: {} }, ...value } } },
  ];
}

function problemOf(file: object): string | null {
  try {
    parseConfig(JSON.stringify(file), {}, { providerSlugs });
    return null;
  } catch (error) {
    return String(error);
  }
}

test("settings that pages show are taken as they are", () => {
  expect(pieces.length).toBeGreaterThan(20);
  const refused = pieces.flatMap(({ path, value }) => {
    const problems = filesWith(value as object).map(problemOf);
    return problems.includes(null) ? [] : [{ path, value, problems }];
  });
  expect(refused).toEqual([]);
});
