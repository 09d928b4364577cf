import { MAX_CONTROL_BYTES } from "./frame.ts";
import { closeCode, WebSocketError } from "./websocket-error.ts";

/** Why a side closes. */
export interface CloseReason {
  /** 1005 for a close frame without a code (RFC 6455 §7.1.5). */
  readonly code: number;
  readonly reason: string;
}

/** What stands for a close frame without a code; never on the wire. */
export const NO_CLOSE_CODE = 1005;
const MAX_REASON_BYTES = MAX_CONTROL_BYTES - 2;

/** Whether `code` may stand in a close frame: registered, or of the ranges for libraries and applications. */
function isCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}

/**
 * Reads the payload of a close frame, mask taken off.
 * @throws WebSocketError `protocolError` for a code that may not be sent, `invalidText` for a reason that is no UTF-8.
 */
export function readClosePayload(payload: Buffer): CloseReason {
  if (payload.length < 2) return { code: NO_CLOSE_CODE, reason: "" };
  const code = payload.readUInt16BE(0);
  if (!isCloseCode(code)) throw new WebSocketError(closeCode.protocolError, `close code ${code} may not be sent`);
  try {
    return { code, reason: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload.subarray(2)) };
  } catch {
    throw new WebSocketError(closeCode.invalidText, "the reason of a close frame is not UTF-8");
  }
}

/** The payload of a close frame; a longer reason is cut at a character's border. Empty for 1005. */
export function writeClosePayload({ code, reason }: CloseReason): Buffer {
  if (code === NO_CLOSE_CODE) return Buffer.alloc(0);
  const text = Buffer.from(reason);
  let end = Math.min(text.length, MAX_REASON_BYTES);
  while (end < text.length && ((text[end] as number) & 0xc0) === 0x80) end -= 1;
  const payload = Buffer.alloc(2 + end);
  payload.writeUInt16BE(code, 0);
  text.copy(payload, 2, 0, end);
  return payload;
}
