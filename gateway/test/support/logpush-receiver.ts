import { gunzipSync } from "node:zlib";

/** An HTTP endpoint on loopback that takes Logpush files, by POST as an endpoint or by PUT as a bucket. */
export interface LogpushReceiver extends AsyncDisposable {
  readonly url: string;
  /** Requests answered with 2xx, oldest first. */
  readonly files: {
    readonly method: string;
    readonly path: string;
    readonly headers: Headers;
    /** Lines of the file, parsed. */
    readonly records: Record<string, unknown>[];
  }[];
  /** Requests in all. */
  readonly requestCount: number;
  /** Answers for the next requests; with none left it answers 200. */
  readonly answers: (() => Response | Promise<Response>)[];
}

/** Starts one. */
export function startLogpushReceiver(): LogpushReceiver {
  const files: LogpushReceiver["files"] = [];
  const answers: LogpushReceiver["answers"] = [];
  let requestCount = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const bytes = Buffer.from(await request.arrayBuffer());
      requestCount += 1;
      const answer = (await answers.shift()?.()) ?? new Response();
      const { method, headers, url } = request;
      if (answer.ok) files.push({ method, headers, path: new URL(url).pathname, records: parseRecords(bytes) });
      return answer;
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    files,
    answers,
    get requestCount() {
      return requestCount;
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

/** The records of a file: gzip around lines of JSON, the last one ended. */
export function parseRecords(bytes: Buffer): Record<string, unknown>[] {
  const text = gunzipSync(bytes).toString();
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
