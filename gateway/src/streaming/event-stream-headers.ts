/** Sizes of header values by type: true, false, byte, short, integer, long, bytes, text, timestamp, UUID; null where the size is written before the value. */
const valueSizes: readonly (number | null)[] = [0, 0, 1, 2, 4, 8, null, null, 8, 16];
const textType = 7;

/** The text headers of one event-stream message; other types are passed over. Null when the block is malformed. */
export function parseEventStreamHeaders(block: Buffer): Readonly<Record<string, string>> | null {
  const headers: Record<string, string> = {};
  let position = 0;
  while (position < block.length) {
    const nameEnd = position + 1 + (block[position] as number);
    const type = block[nameEnd];
    const fixedSize = type === undefined ? undefined : valueSizes[type];
    if (fixedSize === undefined) return null;
    const valueStart = nameEnd + (fixedSize === null ? 3 : 1);
    if (valueStart > block.length) return null;
    const valueEnd = valueStart + (fixedSize ?? block.readUInt16BE(nameEnd + 1));
    if (valueEnd > block.length) return null;
    if (type === textType) {
      headers[block.toString("utf8", position + 1, nameEnd)] = block.toString("utf8", valueStart, valueEnd);
    }
    position = valueEnd;
  }
  return headers;
}
