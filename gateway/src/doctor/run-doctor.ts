import { checkBudgets } from "./check-budgets.ts";
import { checkClock } from "./check-clock.ts";
import { checkDatabases } from "./check-databases.ts";
import { checkDescriptors } from "./check-descriptors.ts";
import { checkDisk } from "./check-disk.ts";
import { checkExposure } from "./check-exposure.ts";
import { checkJournal } from "./check-journal.ts";
import { checkMasterKey } from "./check-master-key.ts";
import { checkPort } from "./check-port.ts";
import { checkProviders } from "./check-providers.ts";
import { checkReferences } from "./check-references.ts";
import { checkSecretFiles } from "./check-secret-files.ts";
import { type Check, type DoctorContext, type Finding, ok, problem } from "./finding.ts";

/** A finding with the name of its check. */
export interface NamedFinding extends Finding {
  readonly check: string;
}

const checkConfig: Check = ({ sources }) => {
  const from = [sources.file ?? "defaults", ...sources.environment].join(", ");
  return [ok(`configuration of ${from}`)];
};

/** In the order in which they are told. */
const checks: Readonly<Record<string, Check>> = {
  config: checkConfig,
  disk: checkDisk,
  port: checkPort,
  clock: checkClock,
  master_key: checkMasterKey,
  secret_files: checkSecretFiles,
  databases: checkDatabases,
  journal: checkJournal,
  descriptors: checkDescriptors,
  exposure: checkExposure,
  references: checkReferences,
  budgets: checkBudgets,
  providers: checkProviders,
};

/** Names of all checks. */
export const checkNames: readonly string[] = Object.keys(checks);

/** Runs the checks of these names, side by side, and tells what they found in the order of `checkNames`. Nothing is changed. */
export async function runDoctor(context: DoctorContext, names: readonly string[]): Promise<NamedFinding[]> {
  const wanted = Object.entries(checks).filter(([name]) => names.includes(name));
  const found = await Promise.all(wanted.map(([check, run]) => findingsOf(check, run, context)));
  return found.flat();
}

async function findingsOf(check: string, run: Check, context: DoctorContext): Promise<NamedFinding[]> {
  try {
    return (await run(context)).map((finding) => ({ check, ...finding }));
  } catch (error) {
    const finding = problem(`could not be checked: ${(error as Error).message}`, "Run it as the user of the gateway.");
    return [{ check, ...finding }];
  }
}
