/** What a body frame tells before the bytes of the body (`docs/reference/journal-format.md`). */
export interface BodyFrameHead {
  /** Id of the record, 32 lower-case hex characters. */
  readonly idHex: string;
  /** False when the body was longer than what follows. */
  readonly isComplete: boolean;
  /** `content-encoding` of the bytes; null for none. */
  readonly contentEncoding: string | null;
}

/** A body frame taken apart. */
export interface BodyFrame extends BodyFrameHead {
  readonly bytes: Buffer;
}

const idBytes = 16;
const completeFlag = 1;

/** Longest `content-encoding` a frame can tell; real ones have a few letters. */
const maxEncodingBytes = 255;

/** Bytes of a body frame's payload before the body: id, flags, length of the coding's name, the name. */
export function bodyHeadBytes(contentEncoding: string | null): number {
  return idBytes + 2 + encodingName(contentEncoding).length;
}

/** Writes the head of a body frame's payload at `offset` and gives the offset after it. */
export function writeBodyHead(target: Buffer, offset: number, head: BodyFrameHead): number {
  const name = encodingName(head.contentEncoding);
  target.write(head.idHex, offset, idBytes, "hex");
  target[offset + idBytes] = head.isComplete ? completeFlag : 0;
  target[offset + idBytes + 1] = name.length;
  target.write(name, offset + idBytes + 2, "latin1");
  return offset + idBytes + 2 + name.length;
}

/** Takes the payload of a body frame apart; the bytes are a view of it. Null when it is too short to be one. */
export function readBodyFrame(payload: Buffer): BodyFrame | null {
  const nameBytes = payload[idBytes + 1];
  if (nameBytes === undefined) return null;
  const bodyOffset = idBytes + 2 + nameBytes;
  if (payload.length < bodyOffset) return null;
  const name = payload.toString("latin1", idBytes + 2, bodyOffset);
  return {
    idHex: payload.toString("hex", 0, idBytes),
    isComplete: ((payload[idBytes] as number) & completeFlag) !== 0,
    contentEncoding: name === "" ? null : name,
    bytes: payload.subarray(bodyOffset),
  };
}

/** The 32 hex characters of a record's id as body frames carry it; null for an id that is no UUID. */
export function bodyFrameId(id: string): string | null {
  if (id.length !== 36) return null;
  const hex = id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24);
  return /^[0-9a-f]{32}$/.test(hex) ? hex : null;
}

function encodingName(contentEncoding: string | null): string {
  return contentEncoding === null || contentEncoding.length > maxEncodingBytes ? "" : contentEncoding;
}
