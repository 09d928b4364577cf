import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/** What journals could not take since their workers started. */
export interface DropCounts {
  readonly records: number;
  readonly bodies: number;
}

/** Where a worker tells other processes what its journal could not take. */
export interface DropBoard {
  /** Tells the counts of this worker; never throws. */
  publish(counts: DropCounts): void;
  close(): void;
}

const COUNT_BYTES = 8;
const FILE_BYTES = 2 * COUNT_BYTES;

/**
 * Opens the board of `worker` in `directory`. Its file gets its full size now, so that telling works when the disk is full.
 * @throws the system's error when the file cannot be made.
 */
export function openDropBoard(directory: string, worker: string): DropBoard {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = openSync(join(directory, `${worker}.drops`), "w", 0o600);
  const bytes = Buffer.alloc(FILE_BYTES);
  writeSync(file, bytes, 0, FILE_BYTES, 0);
  return {
    publish({ records, bodies }) {
      bytes.writeBigUInt64LE(BigInt(records), 0);
      bytes.writeBigUInt64LE(BigInt(bodies), COUNT_BYTES);
      try {
        writeSync(file, bytes, 0, FILE_BYTES, 0);
      } catch {
        // Whoever reads goes on with the counts before; there is nowhere else to tell.
      }
    },
    close: () => closeSync(file),
  };
}

/** The counts of all workers together; zero where there is no board. */
export function readDropBoards(directory: string): DropCounts {
  let records = 0;
  let bodies = 0;
  for (const name of boardNames(directory)) {
    const bytes = readFileSync(join(directory, name));
    if (bytes.length !== FILE_BYTES) continue;
    records += Number(bytes.readBigUInt64LE(0));
    bodies += Number(bytes.readBigUInt64LE(COUNT_BYTES));
  }
  return { records, bodies };
}

function boardNames(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith(".drops"));
  } catch {
    return [];
  }
}
