import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sbomDocument } from "./sbom-document.mjs";

/**
 * Writes the bill of materials of the checkout in `root` to `path`. @returns how many components it has.
 * @param {{ timestamp?: string | null }} options
 */
export function writeSbom(root, path, { timestamp = null } = {}) {
  const read = (name) => JSON.parse(readFileSync(join(root, name), "utf8"));
  const { version } = read("gateway/package.json");
  const licenseOf = (folder) => {
    try {
      return read(`${folder}/package.json`).license ?? null;
    } catch {
      // For another machine than this one.
      return null;
    }
  };
  const document = sbomDocument(read("package-lock.json"), { version, licenseOf, timestamp });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(document, null, 2)}\n`);
  return document.components.length;
}
