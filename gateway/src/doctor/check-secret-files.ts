import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DoctorContext, Finding } from "./finding.ts";
import { ok, warning } from "./finding.ts";

/** Files of the data directory that others have no business with; the key file itself is checked with the key. */
const ownFiles = [
  "hash.key",
  "cli.token",
  "settings.db",
  "settings.json",
  "headgate.db",
  "master-key.id",
  "prices.json",
];

/** Who may read what is secret, and change what decides. */
export function checkSecretFiles({ config, sources }: DoctorContext): Finding[] {
  const own = ownFiles.map((name) => join(config.dataDirectory, name)).filter((path) => existsSync(path));
  const readable = own.filter((path) => (modeOf(path) & 0o077) !== 0);
  const isConfigOpen = sources.file !== null && existsSync(sources.file) && (modeOf(sources.file) & 0o022) !== 0;
  return [
    ...readable.map((path) =>
      warning(`${path} may be read by others (mode ${modeOf(path).toString(8).padStart(4, "0")})`, `chmod 600 ${path}`),
    ),
    ...(isConfigOpen
      ? [
          warning(
            `${sources.file} may be changed by others, and decides where requests go`,
            `chmod go-w ${sources.file}`,
          ),
        ]
      : []),
    ...(readable.length === 0 && !isConfigOpen ? [ok("secret files are their owner's alone")] : []),
  ];
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}
