import { crc32 } from "node:zlib";

/**
 * One AWS event-stream frame with string headers (`:message-type`, `:event-type` …) and a payload:
 * total length, header length, prelude CRC, headers, payload, message CRC
 * (Amazon Transcribe developer guide, "Event stream encoding").
 */
export function encodeEventStreamFrame(headers: Readonly<Record<string, string>>, payload: string | Buffer): Buffer {
  const headerBytes = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
  const payloadBytes = Buffer.from(payload);
  const frame = Buffer.alloc(12 + headerBytes.length + payloadBytes.length + 4);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(headerBytes.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  headerBytes.copy(frame, 12);
  payloadBytes.copy(frame, 12 + headerBytes.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, -4)), frame.length - 4);
  return frame;
}

/** A frame that carries one event of the Bedrock runtime, its payload as JSON. */
export function encodeBedrockEvent(eventType: string, payload: unknown): Buffer {
  const headers = { ":event-type": eventType, ":content-type": "application/json", ":message-type": "event" };
  return encodeEventStreamFrame(headers, JSON.stringify(payload));
}

function encodeHeader(name: string, value: string): Buffer {
  const nameBytes = Buffer.from(name);
  const valueBytes = Buffer.from(value);
  const header = Buffer.alloc(1 + nameBytes.length + 1 + 2);
  header.writeUInt8(nameBytes.length, 0);
  nameBytes.copy(header, 1);
  header.writeUInt8(7, 1 + nameBytes.length);
  header.writeUInt16BE(valueBytes.length, 2 + nameBytes.length);
  return Buffer.concat([header, valueBytes]);
}
