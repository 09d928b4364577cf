import type {
  AnswerHead,
  AnswerPiece,
  AnswerWriter,
  CacheKey,
  CacheStore,
  PurgeBoard,
  StoredAnswer,
} from "../ports/cache-store.ts";

/** What a memory store is made with. */
export interface MemoryCacheOptions {
  /** Bound on all entries together, what they cost besides their bytes included. */
  readonly maxBytes: number;
  readonly board: Pick<PurgeBoard, "isCurrent">;
}

/** A store in the memory of one process. */
export interface MemoryCacheStore extends CacheStore {
  write(key: CacheKey): AnswerWriter;
  /** Takes in an answer that is whole. */
  put(key: CacheKey, answer: StoredAnswer): void;
  /** Bytes held now. */
  readonly heldBytes: number;
}

/** About what an entry and a piece cost besides their bytes. */
const ENTRY_BYTES = 1024;
const PIECE_BYTES = 128;
/** One entry may take this part of the store, so that it does not push everything else out. */
const LARGEST_PART = 4;

interface Held {
  readonly answer: StoredAnswer;
  readonly costBytes: number;
}

/** A store that forgets what was not asked for longest. */
export function createMemoryCacheStore({ maxBytes, board }: MemoryCacheOptions): MemoryCacheStore {
  /** The one asked for last comes last. */
  const held = new Map<CacheKey, Held>();
  let heldBytes = 0;
  const remove = (key: CacheKey): void => {
    const entry = held.get(key);
    if (entry === undefined) return;
    held.delete(key);
    heldBytes -= entry.costBytes;
  };
  const put = (key: CacheKey, answer: StoredAnswer): void => {
    remove(key);
    const costBytes = costOf(answer);
    if (costBytes > maxBytes / LARGEST_PART) return;
    held.set(key, { answer, costBytes });
    heldBytes += costBytes;
    for (const oldest of held.keys()) {
      if (heldBytes <= maxBytes) break;
      remove(oldest);
    }
  };
  const touch = (key: CacheKey, entry: Held, isUsable: boolean): StoredAnswer | null => {
    held.delete(key);
    if (isUsable) held.set(key, entry);
    else heldBytes -= entry.costBytes;
    return isUsable ? entry.answer : null;
  };
  return {
    get(key, nowMs) {
      const entry = held.get(key);
      if (entry === undefined) return null;
      const { usableUntilMs, stamp } = entry.answer.head;
      const isUsable = usableUntilMs > nowMs && board.isCurrent(stamp);
      if (!(isUsable instanceof Promise)) return touch(key, entry, isUsable);
      return isUsable.then((told) => {
        if (held.get(key) === entry) return touch(key, entry, told);
        return told ? entry.answer : null;
      });
    },
    put,
    write(key) {
      return collectAnswer({ limitBytes: maxBytes / LARGEST_PART, done: (answer) => put(key, answer) });
    },
    get heldBytes() {
      return heldBytes;
    },
    close() {
      held.clear();
      heldBytes = 0;
    },
  };
}

function costOf({ sizeBytes, pieces, head }: StoredAnswer): number {
  return ENTRY_BYTES + sizeBytes + pieces.length * PIECE_BYTES + head.headers.length * PIECE_BYTES;
}

/** A writer that keeps what it is given, up to `limitBytes`. */
function collectAnswer({
  limitBytes,
  done,
}: {
  readonly limitBytes: number;
  readonly done: (answer: StoredAnswer) => void;
}): AnswerWriter {
  let head: AnswerHead | null = null;
  let pieces: AnswerPiece[] = [];
  let sizeBytes = 0;
  const discard = (): void => {
    head = null;
    pieces = [];
  };
  return {
    begin(given) {
      head = given;
    },
    add(piece) {
      if (head === null) return;
      pieces.push(piece);
      sizeBytes += piece.bytes.length;
      if (sizeBytes + pieces.length * PIECE_BYTES > limitBytes) discard();
    },
    commit(tail) {
      if (head !== null) done({ head, tail, pieces: together(pieces, sizeBytes), sizeBytes });
      discard();
    },
    discard,
  };
}

/** The same pieces in one block: each would otherwise hold on to the whole of what was read from a socket with it. */
function together(pieces: readonly AnswerPiece[], sizeBytes: number): AnswerPiece[] {
  const block = Buffer.allocUnsafeSlow(sizeBytes);
  let at = 0;
  return pieces.map(({ bytes, atMs }) => {
    bytes.copy(block, at);
    const piece = { bytes: block.subarray(at, at + bytes.length), atMs };
    at += bytes.length;
    return piece;
  });
}
