import { createHash } from "node:crypto";

/**
 * The bill of materials of what the lock file installs without development dependencies: CycloneDX 1.6 (ECMA-424) as data. The same lock gives the same document,
 * its serial number included; it says when it was made only if told.
 * @param lock package-lock.json, version 3, parsed
 * @param {{ version: string, licenseOf?: (path: string) => string | null, timestamp?: string | null }} options `licenseOf` is asked for packages of which the
 *   lock tells no licence; `timestamp` is RFC 3339
 */
export function sbomDocument(lock, { version, licenseOf = () => null, timestamp = null }) {
  const packages = shippedPackages(lock);
  const components = [...new Map(packages.map((entry) => [entry.purl, componentOf(entry, licenseOf)])).values()];
  const root = { ref: `pkg:npm/headgate@${version}`, dependsOn: refs(lock, workspacesOf(lock)) };
  const edges = new Map();
  for (const { path, purl } of packages) {
    const before = edges.get(purl) ?? [];
    edges.set(purl, [...new Set([...before, ...refs(lock, [path])])].toSorted());
  }
  const body = {
    components: components.toSorted((a, b) => (a.purl < b.purl ? -1 : 1)),
    dependencies: [
      root,
      ...[...edges].map(([ref, dependsOn]) => ({ ref, dependsOn })).toSorted((a, b) => (a.ref < b.ref ? -1 : 1)),
    ],
  };
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: serialNumberOf(JSON.stringify([version, body])),
    version: 1,
    metadata: {
      ...(timestamp === null ? {} : { timestamp }),
      component: {
        type: "application",
        "bom-ref": root.ref,
        name: "headgate",
        version,
        purl: root.ref,
        licenses: [{ license: { id: "Apache-2.0" } }],
      },
    },
    ...body,
  };
}

/** Packages that are there without development dependencies, by their place in the tree. */
function shippedPackages({ packages }) {
  return Object.entries(packages).flatMap(([path, entry]) => {
    if (!path.includes("node_modules/") || entry.dev || entry.link) return [];
    const name = entry.name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    return [{ path, entry, name, purl: purlOf(name, entry.version) }];
  });
}

/** Folders of the workspaces, and the root. */
function workspacesOf({ packages }) {
  return Object.keys(packages).filter((path) => !path.includes("node_modules/"));
}

/** The Package URL (https://github.com/package-url/purl-spec): the scope's @ is percent-encoded. */
function purlOf(name, version) {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}

function componentOf({ path, entry, name, purl }, licenseOf) {
  const [scope, own] = name.startsWith("@") ? name.split("/") : [null, name];
  const license = entry.license ?? licenseOf(path);
  return {
    type: "library",
    "bom-ref": purl,
    ...(scope === null ? {} : { group: scope }),
    name: own,
    version: entry.version,
    scope: entry.optional ? "optional" : "required",
    ...(entry.integrity === undefined ? {} : { hashes: hashesOf(entry.integrity) }),
    ...(license === null ? {} : { licenses: [licenseChoice(license)] }),
    purl,
  };
}

/** An SPDX id, or an expression of several. */
function licenseChoice(license) {
  return /[\s()]/.test(license) ? { expression: license } : { license: { id: license } };
}

const algorithms = { sha1: "SHA-1", sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" };

/** Subresource integrity as CycloneDX has it: hexadecimal. */
function hashesOf(integrity) {
  return integrity.split(/\s+/).map((each) => {
    const [algorithm, digest] = each.split(/-(.*)/s);
    return { alg: algorithms[algorithm], content: Buffer.from(digest, "base64").toString("hex") };
  });
}

/** What the packages at `paths` depend on, found as Node finds it: in the nearest node_modules upwards. */
function refs(lock, paths) {
  const found = paths.flatMap((path) => {
    const entry = lock.packages[path];
    const names = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies });
    return names.flatMap((name) => resolved(lock, path, name));
  });
  return [...new Set(found)].toSorted();
}

function resolved({ packages }, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const path = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    const entry = packages[path];
    if (entry !== undefined) return entry.dev || entry.link ? [] : [purlOf(entry.name ?? name, entry.version)];
    if (folder === "") return [];
  }
}

/** A UUID made of the content (RFC 9562, version 8). */
function serialNumberOf(text) {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `urn:uuid:${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")}`;
}
