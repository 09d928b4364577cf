import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sbomDocument } from "./sbom-document.mjs";

const root = join(import.meta.dir, "..");
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const { version } = JSON.parse(readFileSync(join(root, "gateway/package.json"), "utf8"));

/** Licences under which what is shipped may come. */
const allowedLicenses = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Python-2.0",
  "Unlicense",
  "Zlib",
]);
/** Others, of packages that make the dashboard's style sheet and of which nothing is in the result. */
const buildOnly = { "MPL-2.0": /^lightningcss(?:-|$)/ };

const digestLengths = { "SHA-1": 40, "SHA-256": 64, "SHA-384": 96, "SHA-512": 128 };
const members = {
  document: [
    "$schema",
    "bomFormat",
    "specVersion",
    "serialNumber",
    "version",
    "metadata",
    "components",
    "dependencies",
  ],
  metadata: ["timestamp", "component"],
  component: ["type", "bom-ref", "group", "name", "version", "scope", "hashes", "licenses", "purl"],
};

/** What the specification asks of the members that are used here (CycloneDX 1.6, ECMA-424): each fault in words. */
function faultsOf(document) {
  const faults = [];
  const expectThat = (holds, fault) => holds || faults.push(fault);
  const only = (object, known, place) =>
    Object.keys(object).forEach((key) => expectThat(known.includes(key), `${place}: unknown ${key}`));
  only(document, members.document, "document");
  only(document.metadata, members.metadata, "metadata");
  expectThat(document.$schema === "http://cyclonedx.org/schema/bom-1.6.schema.json", "$schema");
  expectThat(document.bomFormat === "CycloneDX" && document.specVersion === "1.6", "format");
  expectThat(Number.isInteger(document.version) && document.version >= 1, "version");
  const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
  expectThat(uuid.test(document.serialNumber), "serialNumber");
  const { timestamp } = document.metadata;
  expectThat(timestamp === undefined || !Number.isNaN(Date.parse(timestamp)), "timestamp");
  const all = [document.metadata.component, ...document.components];
  for (const component of all) {
    const place = component["bom-ref"];
    only(component, members.component, place);
    expectThat(["application", "library"].includes(component.type), `${place}: type`);
    expectThat(typeof component.name === "string" && component.name !== "", `${place}: name`);
    expectThat(typeof component.version === "string" && component.version !== "", `${place}: version`);
    expectThat(["required", "optional", "excluded", undefined].includes(component.scope), `${place}: scope`);
    expectThat(/^pkg:npm\/(?:%40[^/@]+\/)?[^/@]+@[^@]+$/.test(component.purl), `${place}: purl`);
    for (const { alg, content } of component.hashes ?? []) {
      expectThat(new RegExp(`^[0-9a-f]{${digestLengths[alg]}}$`).test(content), `${place}: hash`);
    }
    const choices = component.licenses ?? [];
    const isOne = choices.length === 1 && typeof choices[0].expression === "string";
    expectThat(isOne || choices.every(({ license }) => typeof license?.id === "string"), `${place}: licenses`);
  }
  const refs = all.map((component) => component["bom-ref"]);
  expectThat(new Set(refs).size === refs.length, "bom-refs are unique");
  const from = document.dependencies.map(({ ref }) => ref);
  expectThat(new Set(from).size === from.length, "each ref depends once");
  for (const { ref, dependsOn } of document.dependencies) {
    expectThat(new Set(dependsOn).size === dependsOn.length, `${ref}: dependsOn is unique`);
    for (const each of [ref, ...dependsOn]) expectThat(refs.includes(each), `${ref}: ${each} is no component`);
  }
  return faults;
}

/** Whether an SPDX expression can be met by allowed licences alone. */
function isAllowed(expression, name) {
  const plain = expression.replace(/^\((.*)\)$/, "$1");
  if (/ OR /.test(plain)) return plain.split(" OR ").some((each) => isAllowed(each, name));
  if (/ AND /.test(plain)) return plain.split(" AND ").every((each) => isAllowed(each, name));
  return allowedLicenses.has(plain) || buildOnly[plain]?.test(name) === true;
}

describe("the bill of materials", () => {
  const document = sbomDocument(lock, { version });

  test("keeps to the specification", () => {
    expect(faultsOf(document)).toEqual([]);
    const broken = structuredClone(document);
    broken.serialNumber = "1";
    broken.components[0].hashes = [{ alg: "SHA-512", content: "00" }];
    broken.dependencies[0].dependsOn.push("pkg:npm/nobody@1.0.0");
    expect(faultsOf(broken)).toHaveLength(3);
  });

  test("has every package that is installed without development dependencies, with version, digest and licence, and no other", () => {
    const shipped = Object.entries(lock.packages).filter(
      ([path, { dev, link }]) => path.includes("node_modules/") && dev !== true && link !== true,
    );
    const expected = new Set(
      shipped.map(([path, entry]) => `${path.slice(path.lastIndexOf("node_modules/") + 13)}@${entry.version}`),
    );
    const found = document.components.map(
      (each) => `${each.group ? `${each.group}/` : ""}${each.name}@${each.version}`,
    );
    expect(found.toSorted()).toEqual([...expected].toSorted());
    expect(found.some((each) => each.startsWith("zod@"))).toBe(true);
    expect(found.some((each) => each.startsWith("fast-check@"))).toBe(false);
    expect(
      document.components.filter(({ hashes, licenses }) => hashes === undefined || licenses === undefined),
    ).toEqual([]);
  });

  test("leads from the product to every component", () => {
    const edges = new Map(document.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    const reached = new Set();
    const waiting = [document.metadata.component["bom-ref"]];
    for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
      if (!reached.has(ref)) waiting.push(...(edges.get(ref) ?? []));
      reached.add(ref);
    }
    expect(document.components.map(({ purl }) => purl).filter((purl) => !reached.has(purl))).toEqual([]);
  });

  test("is the same each time, and another when a package is another", () => {
    expect(sbomDocument(structuredClone(lock), { version })).toEqual(document);
    const changed = structuredClone(lock);
    changed.packages["node_modules/zod"].version = "9.9.9";
    expect(sbomDocument(changed, { version }).serialNumber).not.toBe(document.serialNumber);
    const timed = sbomDocument(lock, { version, timestamp: "2026-11-22T12:00:00Z" });
    expect(timed.metadata.timestamp).toBe("2026-11-22T12:00:00Z");
    expect(faultsOf(timed)).toEqual([]);
    expect(timed.serialNumber).toBe(document.serialNumber);
  });

  test("finds what a package depends on where Node would, and asks elsewhere for licences the lock does not tell", () => {
    const packages = {
      "": { workspaces: ["app"], devDependencies: { d: "1" } },
      app: { dependencies: { "@s/a": "1", b: "1" } },
      "node_modules/app": { link: true, resolved: "app" },
      "node_modules/@s/a": { version: "1.0.0", license: "(MIT OR GPL-3.0-only)", dependencies: { b: "2" } },
      "node_modules/@s/a/node_modules/b": { version: "2.0.0", optional: true, peerDependencies: { "@s/a": "1" } },
      "node_modules/b": { version: "1.0.0", integrity: "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=" },
      "node_modules/d": { version: "1.0.0", dev: true },
    };
    const licenseOf = (path) => (path === "node_modules/b" ? "ISC" : null);
    const small = sbomDocument({ packages }, { version: "0.1.0", licenseOf });
    expect(faultsOf(small)).toEqual([]);
    expect(small.dependencies).toEqual([
      { ref: "pkg:npm/headgate@0.1.0", dependsOn: ["pkg:npm/%40s/a@1.0.0", "pkg:npm/b@1.0.0"] },
      { ref: "pkg:npm/%40s/a@1.0.0", dependsOn: ["pkg:npm/b@2.0.0"] },
      { ref: "pkg:npm/b@1.0.0", dependsOn: [] },
      { ref: "pkg:npm/b@2.0.0", dependsOn: ["pkg:npm/%40s/a@1.0.0"] },
    ]);
    expect(small.components).toMatchObject([
      { group: "@s", name: "a", licenses: [{ expression: "(MIT OR GPL-3.0-only)" }] },
      { name: "b", version: "1.0.0", licenses: [{ license: { id: "ISC" } }], hashes: [{ alg: "SHA-1" }] },
      { name: "b", version: "2.0.0", scope: "optional" },
    ]);
  });

  test("names no licence that nobody agreed to", () => {
    const odd = document.components.flatMap(({ name, licenses }) =>
      licenses
        .map((choice) => choice.expression ?? choice.license.id)
        .filter((license) => !isAllowed(license, name))
        .map((license) => `${name}: ${license}`),
    );
    expect(odd).toEqual([]);
    expect(["GPL-3.0-only", "MPL-2.0", "(MIT AND GPL-3.0-only)"].filter((each) => isAllowed(each, "x"))).toEqual([]);
    expect(isAllowed("(MIT OR GPL-3.0-only)", "x")).toBe(true);
  });

  test("is written by the command, the same bytes each time; a time that is none is refused", () => {
    const folder = mkdtempSync(join(tmpdir(), "headgate-sbom-"));
    try {
      const run = (...args) => spawnSync("node", [join(root, "scripts/sbom.mjs"), ...args], { encoding: "utf8" });
      const [first, second] = ["a.json", "deep/b.json"].map((name) => join(folder, name));
      const answer = run("--out", first);
      expect([answer.status, answer.stderr]).toEqual([0, ""]);
      expect(answer.stdout).toContain(`${document.components.length} components`);
      expect(run("--out", second).status).toBe(0);
      expect(readFileSync(second, "utf8")).toBe(readFileSync(first, "utf8"));
      expect(JSON.parse(readFileSync(first, "utf8"))).toEqual(document);
      expect(run("--out", first, "--timestamp", "soon")).toMatchObject({ status: 1, stdout: "" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
