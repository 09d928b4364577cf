/** Bytes gathered within a bound. `head` holds everything when `isWhole`; else `head` and `tail` are windows on both ends and the middle is lost. */
export interface CollectedBytes {
  readonly isWhole: boolean;
  readonly head: Buffer;
  /** Empty when `isWhole`. */
  readonly tail: Buffer;
}

/** Gathers the pieces of something whose size is not known before. */
export interface ByteCollector {
  /** Takes a piece in; large pieces are kept by reference, so they must not be written to afterwards. */
  push(piece: Buffer): void;
  readonly isEmpty: boolean;
  /** What has been gathered; the collector is empty again afterwards. */
  take(): CollectedBytes;
}

/** How much of a body is kept. */
export interface CollectorLimits {
  /** Up to this size everything is kept. */
  readonly maxBytes: number;
  /** Size of each window kept of something larger; at most half of `maxBytes`. */
  readonly windowBytes: number;
}

const smallPieceBytes = 512;
const noBytes = Buffer.alloc(0);

/** A collector that never holds more than about `maxBytes`, nor many objects however small the pieces are. */
export function openByteCollector(limits: CollectorLimits): ByteCollector {
  let pieces: Buffer[] = [];
  let sizeBytes = 0;
  let lostHead: Buffer | null = null;
  /** Free room at the end of the last piece, when that piece is a block of our own. */
  let block: Buffer | null = null;
  let blockUsed = 0;

  function append(piece: Buffer): void {
    sizeBytes += piece.length;
    if (piece.length >= smallPieceBytes) {
      pieces.push(piece);
      block = null;
      return;
    }
    if (block === null || blockUsed + piece.length > block.length) {
      block = Buffer.allocUnsafeSlow(Math.min(65_536, Math.max(2 * smallPieceBytes, sizeBytes)));
      blockUsed = 0;
      pieces.push(noBytes);
    }
    block.set(piece, blockUsed);
    blockUsed += piece.length;
    pieces[pieces.length - 1] = block.subarray(0, blockUsed);
  }

  function reset(bytes: Buffer): void {
    pieces = [];
    sizeBytes = 0;
    block = null;
    if (bytes.length > 0) append(bytes);
  }

  return {
    push(piece) {
      if (piece.length === 0) return;
      append(piece);
      if (sizeBytes <= (lostHead === null ? limits.maxBytes : 4 * limits.windowBytes)) return;
      const all = Buffer.concat(pieces);
      lostHead ??= Buffer.from(all.subarray(0, limits.windowBytes));
      reset(Buffer.from(all.subarray(all.length - limits.windowBytes)));
    },
    get isEmpty() {
      return sizeBytes === 0;
    },
    take() {
      const bytes = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
      const tail = bytes.subarray(Math.max(0, bytes.length - limits.windowBytes));
      const taken: CollectedBytes =
        lostHead === null ? { isWhole: true, head: bytes, tail: noBytes } : { isWhole: false, head: lostHead, tail };
      lostHead = null;
      reset(noBytes);
      return taken;
    },
  };
}
