import { existsSync, readFileSync } from "node:fs";
import { keyPaths, readKeyMarks } from "../secrets/key-files.ts";
import { findKey, rootKeyOf } from "../secrets/load-keys.ts";
import { MasterKeyError } from "../secrets/master-key-error.ts";
import { UnsealError } from "../secrets/seal-secret.ts";
import { sealedKeyIds } from "../secrets/sealed-values.ts";
import { settingsFilePath } from "../settings/settings-file.ts";
import { type DoctorContext, type Finding, ok, problem, warning } from "./finding.ts";

/** Whether the master key is there, and the one under which secrets are sealed. */
export function checkMasterKey({ config, secrets }: DoctorContext): Finding[] {
  const { dataDirectory } = config;
  const place = { dataDirectory, environmentKey: secrets.masterKey };
  try {
    const marks = readKeyMarks(keyPaths(dataDirectory).id);
    const sealedUnder = [...toldKeyIds(dataDirectory)];
    if (marks === null) {
      if (sealedUnder.length === 0)
        return [ok("a master key is made at the first start, or taken from HEADGATE_MASTER_KEY")];
      return [
        problem(
          `${keyPaths(dataDirectory).id} is gone, and secrets are sealed under the master key ${sealedUnder.join(", ")}`,
          "Restore that file and the key from a backup.",
        ),
      ];
    }
    const { key, source } = findKey(place, marks);
    rootKeyOf(key, marks);
    const others = sealedUnder.filter((id) => id !== key.id && id !== marks.next?.fingerprint);
    return [
      ok(`master key ${key.id}, from ${source === "file" ? keyPaths(dataDirectory).key : "HEADGATE_MASTER_KEY"}`),
      ...(marks.next === null
        ? []
        : [warning("a rotation of the master key was broken off", "Start the gateway: it ends the rotation first.")]),
      ...(others.length === 0
        ? []
        : [
            warning(
              `secrets are sealed under another master key, ${others.join(", ")}`,
              "They cannot be opened: set them anew.",
            ),
          ]),
    ];
  } catch (error) {
    if (error instanceof UnsealError)
      return [problem(`${keyPaths(dataDirectory).id} was changed (${error.message})`, "Restore it from a backup.")];
    if (!(error instanceof MasterKeyError)) throw error;
    const [what = "", ...remedy] = error.message.split(/(?<=\.) /);
    return [problem(what, remedy.join(" ") || "Restore the key from a backup.")];
  }
}

/** Of what workers were told last. */
function toldKeyIds(dataDirectory: string): ReadonlySet<string> {
  const path = settingsFilePath(dataDirectory);
  if (!existsSync(path)) return new Set();
  try {
    return sealedKeyIds(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // Written anew at the next start.
    return new Set();
  }
}
