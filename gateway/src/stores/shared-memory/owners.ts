import { readFileSync } from "node:fs";
import { type CounterMemory, MAX_OWNERS, OWNER_WORDS, OWNERS_AT } from "./counter-layout.ts";
import { put, putHalf } from "./undo-log.ts";

/** Number of an owner in the file, from 1. */
export type OwnerId = number;

/** Enters this process as an owner. Under the lock. @throws RangeError when 256 live ones are there. */
export function enterOwner(memory: CounterMemory): OwnerId {
  for (let owner = 1; owner <= MAX_OWNERS; owner += 1) {
    if (pidOf(memory, owner) !== 0) continue;
    putHalf(memory, ownerAt(owner) * 2, process.pid);
    put(memory, ownerAt(owner) + 1, processStart(process.pid));
    return owner;
  }
  throw new RangeError(`more than ${MAX_OWNERS} processes use the counters`);
}

/** Strikes an owner out. Under the lock, after what it held was given back. */
export function strikeOwner(memory: CounterMemory, owner: OwnerId): void {
  putHalf(memory, ownerAt(owner) * 2, 0);
}

/** Owners whose process is gone. */
export function deadOwners(memory: CounterMemory): readonly OwnerId[] {
  const dead: OwnerId[] = [];
  for (let owner = 1; owner <= MAX_OWNERS; owner += 1) {
    if (pidOf(memory, owner) !== 0 && !isOwnerAlive(memory, owner)) dead.push(owner);
  }
  return dead;
}

/** Whether any process but this one is an owner and alive. */
export function hasOtherOwners(memory: CounterMemory): boolean {
  for (let owner = 1; owner <= MAX_OWNERS; owner += 1) {
    const pid = pidOf(memory, owner);
    if (pid !== 0 && pid !== process.pid && isOwnerAlive(memory, owner)) return true;
  }
  return false;
}

/** Whether the process that is this owner runs. A process that got the id of a dead one is told from it by its start. */
export function isOwnerAlive(memory: CounterMemory, owner: OwnerId): boolean {
  const pid = pidOf(memory, owner);
  if (pid === process.pid) return true;
  return isRunning(pid) && processStart(pid) === memory.words[ownerAt(owner) + 1];
}

/** Whether a process of this id runs. */
export function isRunning(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function pidOf({ halves }: CounterMemory, owner: OwnerId): number {
  return halves[ownerAt(owner) * 2] as number;
}

function ownerAt(owner: OwnerId): number {
  return OWNERS_AT + (owner - 1) * OWNER_WORDS;
}

/** Clock ticks from boot to the start of a process (proc(5), field 22 of stat); 0 where the system does not say. */
function processStart(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? 0);
  } catch {
    return 0;
  }
}
