import { openRawClient } from "./raw-client.ts";
import type { RawClient, RawRequest } from "./raw-client.ts";
import type { RawResponse } from "./raw-response.ts";

/** A client that sends one request after the other over one kept connection. */
export interface KeptClient {
  /** Sends a request and takes the whole answer; connects anew when the last answer ended the connection. */
  exchange(request: RawRequest, timeoutMs?: number): Promise<RawResponse>;
  /** Connections opened so far. */
  connectionCount(): number;
  close(): void;
}

/** A kept client for a port of 127.0.0.1; connects at its first request. */
export function keepClient(port: number): KeptClient {
  let client: RawClient | null = null;
  let connections = 0;
  return {
    async exchange(request, timeoutMs = 10_000) {
      if (client === null || !client.isOpen()) {
        client = await openRawClient({ port });
        connections += 1;
      }
      await client.request(request);
      const response = await (await client.nextResponse(request.method, timeoutMs)).whole(timeoutMs);
      if (response.ending !== "clean" || response.header("connection") === "close") {
        client.close();
        client = null;
      }
      return response;
    },
    connectionCount: () => connections,
    close: () => client?.close(),
  };
}

/** Works through `items` with `concurrency` loops, each with what `prepare` makes for it. */
export async function inParallel<Item, Tool>(
  items: AsyncIterable<Item> | Iterable<Item>,
  concurrency: number,
  work: { readonly prepare: () => Tool; readonly each: (item: Item, tool: Tool) => Promise<void> },
): Promise<void> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const loops = Array.from({ length: concurrency }, async () => {
    const tool = work.prepare();
    for (let next = await source.next(); next.done !== true; next = await source.next()) {
      await work.each(next.value, tool);
    }
  });
  await Promise.all(loops);
}
