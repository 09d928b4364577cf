import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { migrations } from "../stores/sqlite/migrations.ts";
import { settingsMigrations } from "../stores/sqlite/settings-migrations.ts";
import { checkIntegrity } from "./check-integrity.ts";
import { bytesText, type DoctorContext, type Finding, ok, problem, warning } from "./finding.ts";
import { openUnchanged } from "./open-unchanged.ts";

const known: Readonly<Record<string, number>> = {
  "settings.db": settingsMigrations.length,
  "headgate.db": migrations.length,
};

/** Whether the databases are of a version this program knows, and whole. */
export async function checkDatabases(context: DoctorContext): Promise<Finding[]> {
  const findings = await Promise.all(Object.keys(known).map((name) => checkDatabase(context, name)));
  return findings.flat();
}

async function checkDatabase(context: DoctorContext, name: string): Promise<Finding[]> {
  const path = join(context.config.dataDirectory, name);
  if (!existsSync(path)) return [ok(`${name} is made at the first start`)];
  const newest = known[name] as number;
  const version = versionOf(path);
  const restore = "Stop the gateway and restore a backup: headgate restore.";
  if (typeof version !== "number") return [problem(`${name} cannot be read: ${version.fault}`, restore)];
  if (version > newest)
    return [
      problem(
        `${name} is of version ${version}, this program knows ${newest}: it is older than its data`,
        "Start a program at least as new as the one that ran last.",
      ),
    ];
  const timeoutMs = context.integrityTimeoutMs ?? 10_000;
  const integrity = await checkIntegrity(path, { command: context.integrityCommand, timeoutMs });
  const size = bytesText(statSync(path).size);
  if (integrity === "late")
    return [
      warning(
        `${name} (${size}) could not be looked through within ${Math.round(timeoutMs / 1000)} s`,
        `sqlite3 ${path} 'PRAGMA quick_check' goes through all of it.`,
      ),
    ];
  if (integrity !== "sound") return [problem(`${name} is damaged: ${integrity.fault}`, restore)];
  const next = version < newest ? `, brought to ${newest} by the next start` : "";
  return [ok(`${name} is sound: version ${version}${next}, ${size}`)];
}

function versionOf(path: string): number | { readonly fault: string } {
  try {
    using database = openUnchanged(path);
    return (database.query("PRAGMA user_version").get() as { user_version: number }).user_version;
  } catch (error) {
    return { fault: (error as Error).message };
  }
}
