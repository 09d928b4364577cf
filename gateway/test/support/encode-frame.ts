import { frameHeaderBytes, sealFrame } from "../../src/journal/segment-format.ts";

/** One whole journal frame. */
export function encodeFrame(kind: number, payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload as string);
  const buffer = Buffer.concat([Buffer.alloc(frameHeaderBytes), bytes]);
  sealFrame({ buffer, offset: 0, kind, end: buffer.length, pieces: [] });
  return buffer;
}
