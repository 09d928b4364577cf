import { existsSync, readdirSync, readFileSync } from "node:fs";
import { lockHolder } from "../supervisor/data-directory-lock.ts";
import { descriptorBudget, descriptorLimit } from "../supervisor/descriptor-limit.ts";
import { type DoctorContext, type Finding, ok, warning } from "./finding.ts";

/** Fewer at once and worker are soon reached by streams. */
const LEAST_CONNECTIONS = 1000;
const NEARLY = 0.8;

/** How many connections the limit of open files allows, and how near the gateway that runs is to it. */
export function checkDescriptors({ config }: DoctorContext): Finding[] {
  const holder = lockHolder(config.dataDirectory);
  const pid = holder?.isRunning === true ? holder.pid : "self";
  const limit = descriptorLimit(pid);
  if (limit === null) return [ok("the limit of open files is not told by this system")];
  const { clientConnections } = descriptorBudget(limit);
  const remedy = "Raise it: LimitNOFILE of the systemd unit, ulimits of the container, ulimit -n of the shell.";
  const told = `${limit} open files a process: each worker takes ${clientConnections} connections at once`;
  const near = pid === "self" ? [] : nearLimit(String(pid), limit);
  return [
    clientConnections < LEAST_CONNECTIONS ? warning(told, remedy) : ok(told),
    ...near.map((text) => warning(text, remedy)),
  ];
}

function nearLimit(pid: string, limit: number): string[] {
  const children = readOr(`/proc/${pid}/task/${pid}/children`, "").split(" ").filter(Boolean);
  return [pid, ...children].flatMap((one) => {
    const open = countOpen(one);
    return open > limit * NEARLY ? [`process ${one} has ${open} of ${limit} files open`] : [];
  });
}

function countOpen(pid: string): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    // Gone meanwhile, or another user's.
    return 0;
  }
}

function readOr(path: string, fallback: string): string {
  try {
    return existsSync(path) ? readFileSync(path, "utf8") : fallback;
  } catch {
    return fallback;
  }
}
