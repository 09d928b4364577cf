import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What the kernel says of one process (proc(5), `/proc/<pid>/stat`). */
export interface ProcessStat {
  readonly processId: number;
  readonly parentId: number;
  /** User and system time of all its threads, ended ones included, in seconds. */
  readonly cpuSeconds: number;
  /** Clock ticks after boot; with the id it names a process for good. */
  readonly startedAtTicks: number;
}

// USER_HZ is 100 on every Linux that Bun runs on (time(7)); /proc knows no other unit.
const ticksPerSecond = 100;

/** Stat of a process, or undefined when it is gone or only waits to be reaped. */
export function processStat(processId: number): ProcessStat | undefined {
  const text = readOrEmpty(`/proc/${processId}/stat`);
  // The command's name stands in parentheses and may hold blanks and parentheses itself.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (text === "" || fields[0] === "Z") return undefined;
  return {
    processId,
    parentId: Number(fields[1]),
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    startedAtTicks: Number(fields[19]),
  };
}

/** A process and everything below it, parents first; empty when it is gone. */
export function processTree(rootId: number): ProcessStat[] {
  const root = processStat(rootId);
  if (root === undefined) return [];
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processStat(Number(name)))
    .filter((stat) => stat !== undefined);
  const tree = [root];
  for (const parent of tree) tree.push(...all.filter((stat) => stat.parentId === parent.processId));
  return tree;
}

/** CPU time of the given processes together in seconds; those that are gone count nothing. */
export function cpuSecondsOf(processIds: readonly number[]): number {
  return processIds.reduce((sum, processId) => sum + (processStat(processId)?.cpuSeconds ?? 0), 0);
}

/** Resident memory of the given processes together, in bytes; pages they share count once for each. */
export function residentBytesOf(processIds: readonly number[]): number {
  return processIds.reduce((sum, processId) => sum + kilobytesIn(`/proc/${processId}/status`, "VmRSS"), 0) * 1024;
}

/** Proportional memory of the given processes together, in bytes; shared pages are divided among those that map them. */
export function proportionalBytesOf(processIds: readonly number[]): number {
  return processIds.reduce((sum, processId) => sum + kilobytesIn(`/proc/${processId}/smaps_rollup`, "Pss"), 0) * 1024;
}

/**
 * The processes among `processIds` that hold a connection which came in on a loopback port: the ones doing the work.
 * Empty when no connection is open right now.
 */
export function connectionHolders(processIds: readonly number[], port: number): number[] {
  const inodes = inboundInodes(port);
  return processIds.filter((processId) => {
    const folder = `/proc/${processId}/fd`;
    return listOrEmpty(folder).some((name) => {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOrEmpty(`${folder}/${name}`))?.[1];
      return inode !== undefined && inodes.has(inode);
    });
  });
}

/** How many files a process may have open (its soft limit); infinite without one. */
export function mostOpenFiles(processId: number): number {
  const limit = /^Max open files\s+(\d+)/m.exec(readOrEmpty(`/proc/${processId}/limits`))?.[1];
  return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
}

function inboundInodes(port: number): Set<string> {
  const localPort = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const established = "01";
  const inodes = new Set<string>();
  for (const line of [...linesOf("/proc/net/tcp"), ...linesOf("/proc/net/tcp6")]) {
    const fields = line.trim().split(/\s+/);
    if (fields[3] === established && fields[1]?.endsWith(localPort) === true) inodes.add(fields[9] ?? "");
  }
  return inodes;
}

function kilobytesIn(path: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(readOrEmpty(path))?.[1] ?? 0);
}

function linesOf(path: string): string[] {
  return readOrEmpty(path).split("\n");
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function listOrEmpty(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOrEmpty(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
