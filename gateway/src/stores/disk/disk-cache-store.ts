import {
  closeSync,
  fstatSync,
  futimesSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writevSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../../core/clock.ts";
import type {
  AnswerEnd,
  AnswerHead,
  AnswerWriter,
  CacheKey,
  SharedCacheStore,
  StoredAnswer,
  WriteAnswer,
} from "../ports/cache-store.ts";
import { endFrames, headFrames, parseAnswerFile, pieceFrames, tailFrames } from "./answer-file.ts";
import type { CacheBoard } from "./cache-board.ts";
import { blocksOf, deadAfterMs, unfinishedSuffix } from "./cache-files.ts";
import { tailAnswerFile } from "./tail-answer-file.ts";

/** What a disk store is made with. */
export interface DiskCacheOptions {
  /** Of the cache, made before. */
  readonly directory: string;
  /** Bound on all entries together; nothing is written while it is reached. */
  readonly maxBytes: number;
  readonly board: CacheBoard;
  readonly clock: Pick<Clock, "nowMs">;
}

/** A store in files, one an entry, shared by all processes of the machine. */
export interface DiskCacheStore extends SharedCacheStore {
  get(key: CacheKey, nowMs: number): StoredAnswer | null;
  write(key: CacheKey): WriteAnswer;
  close(): void;
}

/** Written together; pieces that wait are in memory. */
const WRITE_BYTES = 64 * 1024;
/** Systems bound the buffers of one write. */
const MAX_BUFFERS = 512;
/** Whoever writes an entry gives a sign of life so often. */
const LIFE_SIGN_MS = 1000;
/** Pieces of a stream wait so long for others, before they are written for those who follow. */
const GATHER_MS = 10;

/**
 * Opens the store. An entry is written beside its place and renamed when it is whole, so that whoever reads finds the old one, the
 * new one or none; its modification time is the time until which it is usable, so that files need not be read to be cleared away.
 */
export function openDiskCacheStore(options: DiskCacheOptions): DiskCacheStore {
  const { directory, board, clock } = options;
  const writing = new Set<FileWriter>();
  const living = setInterval(() => {
    for (const writer of writing) writer.giveLifeSign(clock.nowMs());
  }, LIFE_SIGN_MS).unref();
  const pathOf = (key: CacheKey): string => `${directory}/${key.slice(0, 2)}/${key.slice(2)}`;
  const drop = (path: string, { inode, sizeBytes }: { inode: number; sizeBytes: number }): void => {
    try {
      // Another process may have put a new one in its place.
      if (statSync(path).ino !== inode) return;
      rmSync(path);
      board.addBlocks(-blocksOf(sizeBytes));
    } catch {
      // Somebody else was faster, or it cannot be removed: then it is found again, and is as unusable as now.
    }
  };
  return {
    get(key, nowMs) {
      const path = pathOf(key);
      const bytes = readFile(path);
      if (bytes === null) return null;
      if (bytes === "unreadable") {
        board.count("unreadable");
        return null;
      }
      const answer = parseAnswerFile(bytes.content);
      if (answer === null) board.count("unreadable");
      else if (answer.head.usableUntilMs > nowMs && board.isCurrent(answer.head.stamp)) return answer;
      drop(path, { inode: bytes.inode, sizeBytes: bytes.content.length });
      return null;
    },
    write(key) {
      if (blocksOf(options.maxBytes) <= board.usedBlocks) {
        if (options.maxBytes > 0) board.count("unwritten");
        return null;
      }
      const path = pathOf(key);
      const file = openNew(`${path}${unfinishedSuffix}`, clock.nowMs());
      if (file === "taken") return "taken";
      if (file !== "failed") return new FileWriter(file, { path, board, writing });
      board.count("unwritten");
      return null;
    },
    follow(key, sink) {
      const stop = tailAnswerFile(`${pathOf(key)}${unfinishedSuffix}`, sink, {
        clock,
        left: () => board.addFollower(key, -1),
      });
      if (stop !== null) board.addFollower(key, 1);
      return stop;
    },
    isFollowed: (key) => board.followers(key) > 0,
    close() {
      clearInterval(living);
      for (const writer of writing) writer.discard({ reason: "vacated" });
    },
  };
}

function readFile(path: string): { readonly content: Buffer; readonly inode: number } | "unreadable" | null {
  // Most looks find nothing, and an error that is thrown costs more than all else of one.
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return null;
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? null : "unreadable";
  }
  try {
    const { size, ino: inode } = fstatSync(file);
    const bytes = Buffer.allocUnsafeSlow(size);
    let read = 0;
    while (read < bytes.length) {
      const count = readSync(file, bytes, read, bytes.length - read, read);
      if (count === 0) return "unreadable";
      read += count;
    }
    return { content: bytes, inode };
  } catch {
    return "unreadable";
  } finally {
    closeSync(file);
  }
}

/** A file that nobody else writes; one whose writer died gives way. */
function openNew(path: string, nowMs: number): number | "taken" | "failed" {
  for (const isLastTry of [false, true]) {
    try {
      return openSync(path, "wx", 0o600);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (isLastTry || !makeRoom(path, code, nowMs)) return code === "EEXIST" ? "taken" : "failed";
    }
  }
  return "failed";
}

/** Whether what kept a file from being made is out of the way: its folder was missing, or a writer died. */
function makeRoom(path: string, code: string | undefined, nowMs: number): boolean {
  if (code === "EEXIST" && !isAbandoned(path, nowMs)) return false;
  try {
    if (code === "ENOENT") mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    else if (code === "EEXIST") rmSync(path, { force: true });
    return code === "ENOENT" || code === "EEXIST";
  } catch {
    return false;
  }
}

function isAbandoned(path: string, nowMs: number): boolean {
  try {
    const file = openSync(path, "r");
    try {
      return Math.abs(nowMs - fstatSync(file).mtimeMs) > deadAfterMs;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

interface FileWriterOptions {
  readonly path: string;
  readonly board: CacheBoard;
  /** Writers that are not over; this one among them while it is. */
  readonly writing: Set<FileWriter>;
}

class FileWriter implements AnswerWriter {
  readonly #path: string;
  readonly #board: CacheBoard;
  readonly #writing: Set<FileWriter>;
  #file: number | null;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writtenBytes = 0;
  #usableUntilMs = 0;
  #gathering: Timer | null = null;

  constructor(file: number, { path, board, writing }: FileWriterOptions) {
    this.#file = file;
    this.#path = path;
    this.#board = board;
    this.#writing = writing;
    writing.add(this);
  }

  /** Tells other processes that whoever writes this is alive. */
  giveLifeSign(nowMs: number): void {
    this.#attempt((file) => futimesSync(file, nowMs / 1000, nowMs / 1000));
  }

  begin(head: AnswerHead): void {
    this.#usableUntilMs = head.usableUntilMs;
    this.#take(headFrames(head));
  }

  add(piece: Parameters<AnswerWriter["add"]>[0]): void {
    this.#take(pieceFrames(piece));
    if (this.#waitingBytes >= WRITE_BYTES) this.#write();
    else this.#gathering ??= setTimeout(() => this.#write(), GATHER_MS);
  }

  commit(tail: Parameters<AnswerWriter["commit"]>[0]): void {
    this.#take(tailFrames(tail));
    this.#write();
    if (this.#file === null) return;
    const usableUntilSeconds = this.#usableUntilMs / 1000;
    this.#attempt((file) => {
      futimesSync(file, usableUntilSeconds, usableUntilSeconds);
      renameSync(`${this.#path}${unfinishedSuffix}`, this.#path);
      this.#board.addBlocks(blocksOf(this.#writtenBytes));
      this.#close();
    });
  }

  discard(end: AnswerEnd): void {
    if (this.#file === null) return;
    this.#take(endFrames(end));
    try {
      writeAll(this.#file, this.#waiting);
    } catch {
      // Who follows sees that the file is gone.
    }
    this.#waiting = [];
    rmSync(`${this.#path}${unfinishedSuffix}`, { force: true });
    this.#close();
  }

  #close(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    this.#writing.delete(this);
  }

  #take(buffers: readonly Buffer[]): void {
    if (this.#file === null) return;
    for (const buffer of buffers) {
      this.#waiting.push(buffer);
      this.#waitingBytes += buffer.length;
    }
  }

  #write(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#gathering = null;
    this.#attempt((file) => {
      for (let next = 0; next < this.#waiting.length; next += MAX_BUFFERS) {
        writeAll(file, this.#waiting.slice(next, next + MAX_BUFFERS));
      }
      this.#writtenBytes += this.#waitingBytes;
    });
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** A disk that is full or fails costs the entry and nothing else. */
  #attempt(run: (file: number) => void): void {
    if (this.#file === null) return;
    try {
      run(this.#file);
    } catch {
      this.#board.count("unwritten");
      this.#waiting = [];
      this.discard({ reason: "vacated" });
    }
  }
}

function writeAll(file: number, buffers: readonly Buffer[]): void {
  let rest = [...buffers];
  while (rest.length > 0) {
    let written = writevSync(file, rest);
    if (written === 0) throw new Error("nothing was written");
    while (rest.length > 0 && written >= (rest[0] as Buffer).length) {
      written -= (rest[0] as Buffer).length;
      rest = rest.slice(1);
    }
    if (written > 0) rest = [(rest[0] as Buffer).subarray(written), ...rest.slice(1)];
  }
}
