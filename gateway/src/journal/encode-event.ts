import type { GatewayEvent } from "../core/gateway-event.ts";
import { eventFrameKind, frameHeaderBytes, sealFrame } from "./segment-format.ts";

/** The frame of an event (`docs/reference/journal-format.md`). */
export function encodeEvent(event: GatewayEvent): Buffer {
  const payload = Buffer.from(JSON.stringify(event));
  const buffer = Buffer.alloc(frameHeaderBytes + payload.length);
  payload.copy(buffer, frameHeaderBytes);
  sealFrame({ buffer, offset: 0, kind: eventFrameKind, end: buffer.length, pieces: [] });
  return buffer;
}
