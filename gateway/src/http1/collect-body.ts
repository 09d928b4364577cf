import type { RequestBody, RequestBodyFailure } from "./request-body.ts";

/**
 * Reads a body into memory as far as `limitBytes`.
 * @returns the bytes when the whole body fits, else null: the body is then as if it had never been read.
 * @throws RequestBodyFailure when the body breaks off.
 */
export function collectBody(body: RequestBody, limitBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject: (failure: RequestBodyFailure) => void) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    let isOver = false;
    body.consume({
      data(chunk) {
        chunks.push(chunk);
        sizeBytes += chunk.length;
      },
      end() {
        if (isOver) return;
        isOver = true;
        resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
      },
      error(failure) {
        reject(failure);
      },
      flush() {
        if (isOver || sizeBytes <= limitBytes) return;
        isOver = true;
        body.giveBack(chunks);
        resolve(null);
      },
    });
  });
}
