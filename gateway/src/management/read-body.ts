import { invalid, ManagementError } from "./management-error.ts";

/**
 * The whole body of a request, at most `maxBytes` of it.
 * @throws ManagementError `bodyTooLarge` (3006) as soon as there is more; the rest is not read.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Buffer> {
  const tooLarge = (): ManagementError =>
    new ManagementError("bodyTooLarge", [{ message: `The request body is larger than ${maxBytes} bytes` }]);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  // Leaving the loop by an error cancels the stream.
  for await (const piece of request.body ?? []) {
    sizeBytes += piece.byteLength;
    if (sizeBytes > maxBytes) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/**
 * A body as the JSON value it holds.
 * @throws ManagementError `invalid` (7001, path `["body"]`) when it is empty, not UTF-8 or not JSON.
 */
export function parseJsonBody(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw invalid(body.length === 0 ? "Expected a JSON body, got none" : "Expected a JSON body", ["body"]);
  }
}
