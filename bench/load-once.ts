import { openLoadConnection } from "./load-connection.ts";

/**
 * Sends one request on a connection of its own.
 * @returns the status once the answer has ended; 0 when the connection was refused, broke off, or `timeoutMs` passed.
 */
export async function askOnce(port: number, request: Buffer, timeoutMs: number): Promise<number> {
  return (await fetchOnce(port, request, timeoutMs)).statusCode;
}

/** The same, with the answer's body. */
export async function fetchOnce(port: number, request: Buffer, timeoutMs: number) {
  const answered = Promise.withResolvers<number>();
  const timeout = setTimeout(() => answered.resolve(0), timeoutMs);
  let body = "";
  try {
    const connection = await openLoadConnection(port, {
      body(bytes) {
        body += bytes.toString();
      },
      end: answered.resolve,
      closed: () => answered.resolve(0),
    });
    connection.send(request);
    const statusCode = await answered.promise;
    connection.drop();
    return { statusCode, body };
  } catch {
    return { statusCode: 0, body };
  } finally {
    clearTimeout(timeout);
  }
}
