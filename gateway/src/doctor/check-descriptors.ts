import { existsSync, readdirSync, readFileSync } from "node:fs";
import { lockHolder } from "../supervisor/data-directory-lock.ts";
import { type DoctorContext, type Finding, ok, warning } from "./finding.ts";

/** An exchange has a connection of the client and one to the provider. */
const EACH_EXCHANGE = 2;
/** Databases, journal, sockets between processes. */
const OWN = 100;
/** Fewer at once and worker are soon reached by streams. */
const LEAST_EXCHANGES = 1000;
const NEARLY = 0.8;

/** How many connections the limit of open files allows, and how near the gateway that runs is to it. */
export function checkDescriptors({ config }: DoctorContext): Finding[] {
  const holder = lockHolder(config.dataDirectory);
  const pid = holder?.isRunning === true ? String(holder.pid) : "self";
  const limit = limitOf(pid);
  if (limit === null) return [ok("the limit of open files is not told by this system")];
  const exchanges = Math.max(0, Math.floor((limit - OWN) / EACH_EXCHANGE));
  const remedy = "Raise it: LimitNOFILE of the systemd unit, ulimits of the container, ulimit -n of the shell.";
  const told = `${limit} open files a process: about ${exchanges} exchanges at once in each worker`;
  const near = pid === "self" ? [] : nearLimit(pid, limit);
  return [exchanges < LEAST_EXCHANGES ? warning(told, remedy) : ok(told), ...near.map((text) => warning(text, remedy))];
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

/** The hard limit, which the runtime takes for itself; null where it is not told. */
function limitOf(pid: string): number | null {
  const found = /^Max open files\s+\S+\s+(\d+|unlimited)/m.exec(readOr(`/proc/${pid}/limits`, ""));
  if (found === null) return null;
  return found[1] === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(found[1]);
}

function readOr(path: string, fallback: string): string {
  try {
    return existsSync(path) ? readFileSync(path, "utf8") : fallback;
  } catch {
    return fallback;
  }
}
