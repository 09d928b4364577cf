import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";

/** A file in an archive. */
export interface TarEntry {
  readonly name: string;
  readonly sizeBytes: number;
  /** Its bytes in order; to be read before the next entry is asked for. The buffer is used again for the next piece. */
  pieces(): Generator<Buffer>;
}

/** Something is wrong with an archive's bytes; the message says what. */
export class ArchiveDamaged extends Error {
  override readonly name = "ArchiveDamaged";
}

const BLOCK_BYTES = 512;
const PIECE_BYTES = 1024 * 1024;
/** What eleven octal digits can say; larger files are told in binary. */
const MOST_OCTAL = 8 ** 11 - 1;

/** Appends one file to the archive behind descriptor `archive`, in the ustar form of POSIX.1-1988, for its owner alone. Throws the system's error. */
export function appendTarEntry(archive: number, name: string, sourcePath: string): void {
  const source = openSync(sourcePath, "r");
  try {
    const { size, mtimeMs } = fstatSync(source);
    writeAll(archive, header(name, size, Math.floor(mtimeMs / 1000)));
    for (const piece of piecesOf(source, 0, size)) writeAll(archive, piece);
    writeAll(archive, Buffer.alloc(paddingOf(size)));
  } finally {
    closeSync(source);
  }
}

/** Two empty blocks end an archive. */
export function endTar(archive: number): void {
  writeAll(archive, Buffer.alloc(2 * BLOCK_BYTES));
}

/**
 * The files of an archive in order.
 * @throws ArchiveDamaged for what is no archive, a header whose checksum is wrong, and an archive that ends before its end; the system's error.
 */
export function* readTar(path: string): Generator<TarEntry> {
  const archive = openSync(path, "r");
  try {
    const totalBytes = fstatSync(archive).size;
    let offset = 0;
    for (;;) {
      const block = readExactly(archive, offset, BLOCK_BYTES);
      if (block === null) throw new ArchiveDamaged("it ends before its end");
      if (block.every((byte) => byte === 0)) return;
      const { name, sizeBytes } = parseHeader(block);
      const start = offset + BLOCK_BYTES;
      if (start + sizeBytes > totalBytes) throw new ArchiveDamaged(`it ends inside ${name}`);
      yield { name, sizeBytes, pieces: () => piecesOf(archive, start, sizeBytes) };
      offset = start + sizeBytes + paddingOf(sizeBytes);
    }
  } finally {
    closeSync(archive);
  }
}

function* piecesOf(file: number, start: number, sizeBytes: number): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, Math.max(1, sizeBytes)));
  for (let offset = 0; offset < sizeBytes;) {
    const count = readSync(file, buffer, 0, Math.min(buffer.length, sizeBytes - offset), start + offset);
    if (count === 0) throw new ArchiveDamaged("a file became shorter while it was read");
    yield buffer.subarray(0, count);
    offset += count;
  }
}

function header(name: string, sizeBytes: number, modifiedSeconds: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(name, 0, 100, "utf8");
  block.write("0000600\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  writeSize(block, sizeBytes);
  block.write(`${modifiedSeconds.toString(8).padStart(11, "0")}\0`, 136);
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\x0000", 257);
  block.write(`${checksumOf(block).toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function writeSize(block: Buffer, sizeBytes: number): void {
  if (sizeBytes <= MOST_OCTAL) block.write(`${sizeBytes.toString(8).padStart(11, "0")}\0`, 124);
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(sizeBytes), 128);
  }
}

function parseHeader(block: Buffer): { readonly name: string; readonly sizeBytes: number } {
  if (block.toString("latin1", 257, 262) !== "ustar") throw new ArchiveDamaged("it is no tar archive");
  const told = Number.parseInt(block.toString("latin1", 148, 156), 8);
  const own = Buffer.from(block);
  own.write("        ", 148);
  if (told !== checksumOf(own)) throw new ArchiveDamaged("the checksum of a header is wrong");
  const name = block.toString("utf8", 0, 100).split("\0")[0] as string;
  const isBinary = ((block[124] as number) & 0x80) !== 0;
  const sizeBytes = isBinary
    ? Number(block.readBigUInt64BE(128))
    : Number.parseInt(block.toString("latin1", 124, 136), 8);
  if (!Number.isSafeInteger(sizeBytes)) throw new ArchiveDamaged(`it does not say how long ${name} is`);
  return { name, sizeBytes };
}

function checksumOf(block: Buffer): number {
  let sum = 0;
  for (const byte of block) sum += byte;
  return sum;
}

function paddingOf(sizeBytes: number): number {
  return (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;
}

function readExactly(file: number, offset: number, lengthBytes: number): Buffer | null {
  const buffer = Buffer.alloc(lengthBytes);
  let filled = 0;
  while (filled < lengthBytes) {
    const count = readSync(file, buffer, filled, lengthBytes - filled, offset + filled);
    if (count === 0) return null;
    filled += count;
  }
  return buffer;
}

function writeAll(file: number, bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length;) offset += writeSync(file, bytes, offset);
}
