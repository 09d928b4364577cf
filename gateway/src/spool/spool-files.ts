import {
  fstatSync,
  ftruncateSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** A batch of lines on disk that takes no more: `{id}.ndjson`, or compressed `{id}-{records}.ndjson.gz`. */
export interface BatchFile {
  /** UUIDv7. */
  readonly id: string;
  readonly recordCount: number;
  readonly sizeBytes: number;
  readonly isCompressed: boolean;
}

const compress = promisify(gzip);
const rawName = /^([\da-f-]{36})\.ndjson$/;
const compressedName = /^([\da-f-]{36})-(\d+)\.ndjson\.gz$/;
const lineFeed = 10;

/** Where a batch lies in the spool's directory. */
export function batchPath(directory: string, { id, recordCount, isCompressed }: Omit<BatchFile, "sizeBytes">): string {
  return join(directory, isCompressed ? `${id}-${recordCount}.ndjson.gz` : `${id}.ndjson`);
}

/** Writes all or nothing, so that a full disk leaves no half line behind. @throws when the disk fails. */
export function writeWhole(file: number, bytes: Buffer): void {
  const before = fstatSync(file).size;
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
  } catch (error) {
    ftruncateSync(file, before);
    throw error;
  }
}

/**
 * A batch as gzip, and the file that holds it. A raw one is put there compressed, if there is room; a crash in between leaves the raw
 * one, or both.
 */
export async function readBatch(directory: string, batch: BatchFile): Promise<{ file: BatchFile; bytes: Buffer }> {
  const stored = await readFile(batchPath(directory, batch));
  if (batch.isCompressed) return { file: batch, bytes: stored };
  const bytes = await compress(stored);
  const file = { ...batch, isCompressed: true, sizeBytes: bytes.length };
  const path = batchPath(directory, file);
  try {
    await writeFile(`${path}.part`, bytes, { mode: 0o600 });
    await rename(`${path}.part`, path);
    await rm(batchPath(directory, batch), { force: true });
    return { file, bytes };
  } catch {
    // On a full disk nothing but a delivery makes room, so it must not wait for some.
    await rm(`${path}.part`, { force: true });
    return { file: batch, bytes };
  }
}

/** The batches an earlier process left, oldest first. Half lines, half files and what is there twice are removed; other files are left alone. */
export function recoverBatches(directory: string): BatchFile[] {
  const names = readdirSync(directory);
  const compressed = names.flatMap((name): BatchFile[] => {
    const [, id, count] = compressedName.exec(name) ?? [];
    if (id === undefined) return [];
    const sizeBytes = statSync(join(directory, name)).size;
    return [{ id, recordCount: Number(count), sizeBytes, isCompressed: true }];
  });
  const known = new Set(compressed.map(({ id }) => id));
  const raw = names.flatMap((name): BatchFile[] => {
    const id = rawName.exec(name)?.[1];
    if (id === undefined) return [];
    const left = known.has(id) ? null : cutTornLine(join(directory, name));
    if (left === null) rmSync(join(directory, name), { force: true });
    return left === null ? [] : [{ id, ...left, isCompressed: false }];
  });
  for (const name of names) if (name.endsWith(".gz.part")) rmSync(join(directory, name), { force: true });
  return [...compressed, ...raw].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Null when no whole line is left. */
function cutTornLine(path: string): { recordCount: number; sizeBytes: number } | null {
  const bytes = readFileSync(path);
  const sizeBytes = bytes.lastIndexOf(lineFeed) + 1;
  if (sizeBytes === 0) return null;
  if (sizeBytes < bytes.length) truncateSync(path, sizeBytes);
  let recordCount = 0;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) recordCount += 1;
  return { recordCount, sizeBytes };
}
