import type { BodySnapshot, ExchangeBodies, ExchangeRecord } from "../core/exchange.ts";
import { bodyFrameId, bodyHeadBytes, writeBodyHead } from "./body-frame.ts";
import {
  exchangeFrameKind,
  frameHeaderBytes,
  maxPayloadBytes,
  requestBodyFrameKind,
  responseBodyFrameKind,
  sealFrame,
} from "./segment-format.ts";

/** Frames ready to be written, in order. The next call to the same encoder writes over some of the buffers. */
export interface EncodedRecord {
  readonly buffers: readonly Buffer[];
  /** How many bodies are among the frames. */
  readonly bodies: number;
}

/** Up to this size a body is copied beside its record, so that both go out as one buffer; larger ones stay where they are. */
const maxCopiedBytes = 65_536;

/** More pieces than this are joined first: systems bound the buffers of one write. */
const maxPieces = 256;

/** One body and its frame's kind, cut to what a frame can hold. */
interface PlannedBody {
  readonly kind: number;
  readonly snapshot: BodySnapshot;
  readonly pieces: readonly Buffer[];
  readonly sizeBytes: number;
  readonly isComplete: boolean;
}

/**
 * An encoder that keeps one buffer and grows it when a record needs more, so that a record costs no large allocation.
 * The returned function puts the frames of the bodies before the record's own, which by that stands for all of them. It
 * gives null when the record is larger than `maxPayloadBytes`; bodies are cut to it. Bodies of records whose id is no UUID
 * are left out.
 */
export function createRecordEncoder(): (record: ExchangeRecord, bodies: ExchangeBodies | null) => EncodedRecord | null {
  let scratch = Buffer.allocUnsafe(16_384);
  return (record, bodies) => {
    const text = JSON.stringify(record);
    if (text.length > maxPayloadBytes) return null;
    const idHex = bodies === null ? null : bodyFrameId(record.id);
    const planned = bodies === null || idHex === null ? [] : planBodies(bodies);
    const neededBytes = planned.reduce((sum, body) => sum + spaceFor(body), frameHeaderBytes + text.length * 3);
    if (scratch.length < neededBytes) scratch = Buffer.allocUnsafe(neededBytes);

    const buffers: Buffer[] = [];
    let sentOffset = 0;
    let offset = 0;
    for (const body of planned) {
      offset = placeBody(scratch, offset, { body, idHex: idHex as string });
      if (isCopied(body)) continue;
      buffers.push(scratch.subarray(sentOffset, offset), ...body.pieces);
      sentOffset = offset;
    }
    const payloadBytes = scratch.write(text, offset + frameHeaderBytes, "utf8");
    if (payloadBytes > maxPayloadBytes) return null;
    const end = offset + frameHeaderBytes + payloadBytes;
    sealFrame({ buffer: scratch, offset, kind: exchangeFrameKind, end, pieces: [] });
    buffers.push(scratch.subarray(sentOffset, end));
    return { buffers, bodies: planned.length };
  };
}

function placeBody(scratch: Buffer, offset: number, { body, idHex }: { body: PlannedBody; idHex: string }): number {
  const { contentEncoding } = body.snapshot;
  const head = { idHex, isComplete: body.isComplete, contentEncoding };
  let end = writeBodyHead(scratch, offset + frameHeaderBytes, head);
  if (isCopied(body)) {
    for (const piece of body.pieces) {
      scratch.set(piece, end);
      end += piece.length;
    }
  }
  sealFrame({ buffer: scratch, offset, kind: body.kind, end, pieces: isCopied(body) ? [] : body.pieces });
  return end;
}

function planBodies({ request, response }: ExchangeBodies): PlannedBody[] {
  const planned: PlannedBody[] = [];
  if (request !== null) planned.push(planBody(requestBodyFrameKind, request));
  if (response !== null) planned.push(planBody(responseBodyFrameKind, response));
  return planned;
}

function planBody(kind: number, snapshot: BodySnapshot): PlannedBody {
  const roomBytes = maxPayloadBytes - bodyHeadBytes(snapshot.contentEncoding);
  let sizeBytes = 0;
  for (const piece of snapshot.pieces) sizeBytes += piece.length;
  if (sizeBytes <= roomBytes) {
    const pieces = joinMany(snapshot.pieces, sizeBytes);
    return { kind, snapshot, pieces, sizeBytes, isComplete: snapshot.isComplete };
  }
  const kept = Buffer.concat(snapshot.pieces, roomBytes);
  return { kind, snapshot, pieces: [kept], sizeBytes: roomBytes, isComplete: false };
}

function joinMany(pieces: readonly Buffer[], sizeBytes: number): readonly Buffer[] {
  return sizeBytes > maxCopiedBytes && pieces.length > maxPieces ? [Buffer.concat(pieces, sizeBytes)] : pieces;
}

function isCopied(body: PlannedBody): boolean {
  return body.sizeBytes <= maxCopiedBytes;
}

function spaceFor(body: PlannedBody): number {
  const headBytes = frameHeaderBytes + bodyHeadBytes(body.snapshot.contentEncoding);
  return isCopied(body) ? headBytes + body.sizeBytes : headBytes;
}
