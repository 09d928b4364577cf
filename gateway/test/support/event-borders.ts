/**
 * Offsets just after each event of a streamed body: SSE events (any of the three line ends), NDJSON lines,
 * or AWS event-stream frames, as the content type says. A rest without its border is no event.
 */
export function eventBorders(body: Buffer, contentType: string): number[] {
  if (contentType.includes("amazon.eventstream")) return frameBorders(body);
  if (contentType.includes("event-stream")) return blankLineBorders(body);
  return lineBorders(body);
}

function blankLineBorders(body: Buffer): number[] {
  const borders: number[] = [];
  let lineLength = 0;
  let hasLine = false;
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index];
    if (byte !== 10 && byte !== 13) {
      lineLength += 1;
      continue;
    }
    if (byte === 13 && body[index + 1] === 10) index += 1;
    if (lineLength > 0) hasLine = true;
    else if (hasLine) {
      borders.push(index + 1);
      hasLine = false;
    }
    lineLength = 0;
  }
  return borders;
}

function lineBorders(body: Buffer): number[] {
  const borders: number[] = [];
  for (let end = body.indexOf(10); end >= 0; end = body.indexOf(10, end + 1)) borders.push(end + 1);
  return borders;
}

function frameBorders(body: Buffer): number[] {
  const borders: number[] = [];
  let start = 0;
  while (start + 16 <= body.length) {
    const end = start + body.readUInt32BE(start);
    if (end > body.length || end < start + 16) break;
    borders.push(end);
    start = end;
  }
  return borders;
}
