import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statfsSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { listSegments } from "../journal/segment-names.ts";
import { journalDirectory } from "../supervisor/journal-directory.ts";
import { bytesText, type DoctorContext, type Finding, ok, problem, warning } from "./finding.ts";

/** Below it the journal leaves bodies out. */
const RESERVE_BYTES = 64 * 1024 * 1024;

const remote = /^(?:nfs|cifs|smb|9p|ceph|glusterfs|fuse\.sshfs|fuse\.s3fs|lustre|afs)/;

/** The data directory: whether it can be written to, where it lies, and whether there is room. */
export function checkDisk({ config }: DoctorContext): Finding[] {
  const { dataDirectory } = config;
  const isThere = existsSync(dataDirectory);
  const place = isThere ? dataDirectory : closestParent(dataDirectory);
  if (isThere && !statSync(dataDirectory).isDirectory())
    return [problem(`${dataDirectory} is no directory`, "Set HEADGATE_DATA to a directory.")];
  return [
    writable(dataDirectory, { isThere, place }),
    ...(isThere ? leftovers(dataDirectory) : []),
    fileSystem(place),
    room(config, place),
  ];
}

function writable(
  dataDirectory: string,
  { isThere, place }: { readonly isThere: boolean; readonly place: string },
): Finding {
  try {
    accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const what = isThere ? "cannot be written to" : `is not there and cannot be made in ${place}`;
    return problem(
      `data directory ${dataDirectory} ${what} (${(error as NodeJS.ErrnoException).code})`,
      "Give this user the right to, mount it for writing, or set HEADGATE_DATA to another directory.",
    );
  }
  if (!isThere) return ok(`data directory ${dataDirectory} is made at the first start`);
  const mode = statSync(dataDirectory).mode & 0o777;
  if ((mode & 0o022) !== 0)
    return warning(
      `data directory ${dataDirectory} may be changed by others (mode ${mode.toString(8).padStart(4, "0")})`,
      `chmod 700 ${dataDirectory}`,
    );
  return ok(`data directory ${dataDirectory} can be written to`);
}

function leftovers(dataDirectory: string): Finding[] {
  const names = readdirSync(dataDirectory);
  const asides = names.filter((name) => name.startsWith("before-restore-"));
  return [
    ...(names.includes("restore.json")
      ? [warning("a restore was broken off", "Start the gateway: it ends the restore first.")]
      : []),
    ...asides.map((name) =>
      warning(
        `${join(dataDirectory, name)} holds data of before a restore`,
        "Remove it when the restored data is what you want.",
      ),
    ),
  ];
}

function fileSystem(place: string): Finding {
  const type = fileSystemType(place);
  if (type === null) return ok("file system not told by this system");
  if (remote.test(type))
    return warning(
      `the data directory is on ${type}, a network file system`,
      "Databases and shared counters need a local disk; set HEADGATE_DATA to one.",
    );
  if (type === "tmpfs" || type === "ramfs")
    return warning(
      `the data directory is on ${type}: it is gone after a restart of the machine`,
      "Set HEADGATE_DATA to a disk.",
    );
  if (type === "overlay")
    return warning(
      "the data directory is inside a container's own layer: it is gone with the container",
      "Mount a volume there.",
    );
  return ok(`file system ${type}`);
}

/** By the longest mount point above it; null where the system has no such list. */
function fileSystemType(place: string): string | null {
  if (!existsSync("/proc/self/mounts")) return null;
  const real = realpathSync(place);
  let found = { point: "", type: null as string | null };
  for (const line of readFileSync("/proc/self/mounts", "utf8").split("\n")) {
    const [, escaped = "", type = null] = line.split(" ");
    const point = escaped.replaceAll(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCodePoint(Number.parseInt(octal, 8)),
    );
    const isAbove = point === "/" || real === point || real.startsWith(`${point}/`);
    if (point !== "" && isAbove && point.length >= found.point.length) found = { point, type };
  }
  return found.type;
}

function room(config: DoctorContext["config"], place: string): Finding {
  const { bavail, bsize } = statfsSync(place);
  const freeBytes = bavail * bsize;
  const journalBytes = listSegments(journalDirectory(config)).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const maybeBytes = Math.max(0, config.journal.max_bytes - journalBytes);
  const logs = join(config.dataDirectory, "headgate.db");
  const logBytes = existsSync(logs) ? statSync(logs).size : 0;
  const told = `${bytesText(freeBytes)} free; logs take ${bytesText(logBytes)}, the journal ${bytesText(journalBytes)} and up to ${bytesText(config.journal.max_bytes)}`;
  if (freeBytes < RESERVE_BYTES)
    return problem(
      `the disk is full: ${told}`,
      "Make room; until then prompts and answers are left out of the logs, then rows.",
    );
  if (freeBytes < maybeBytes + RESERVE_BYTES)
    return warning(
      `${told}: the journal could fill the disk while the log store is away`,
      "Make room, set journal.max_bytes lower, or keep logs for less time (log_max_age_days, log_max_bytes).",
    );
  return ok(told);
}

function closestParent(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) || parent === path ? parent : closestParent(parent);
}
