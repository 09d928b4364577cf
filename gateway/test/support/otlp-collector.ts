import { decodeOtlp, type DecodedRequest, type DecodedSpan } from "./decode-otlp.ts";

/** A collector on loopback that takes both encodings and answers as it is told. */
export interface OtlpCollector extends AsyncDisposable {
  readonly url: string;
  /** Requests that came, whatever was answered. */
  readonly requests: { readonly headers: Headers; readonly body: Buffer; readonly path: string }[];
  /** Spans of the requests answered with 2xx. */
  readonly spans: DecodedSpan[];
  /** Answers for the next requests; with none left it answers 200. */
  readonly answers: (() => Response | Promise<Response>)[];
}

/** Starts one. */
export function startOtlpCollector(): OtlpCollector {
  const collector = { requests: [], spans: [], answers: [] } as Pick<OtlpCollector, "requests" | "spans" | "answers">;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const body = Buffer.from(await request.arrayBuffer());
      collector.requests.push({ headers: request.headers, body, path: new URL(request.url).pathname });
      const answer = (await collector.answers.shift()?.()) ?? Response.json({});
      if (answer.ok) collector.spans.push(...spansOf(decode(request.headers, body)));
      return answer;
    },
  });
  return {
    ...collector,
    url: `http://127.0.0.1:${server.port}/collect`,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

function decode(headers: Headers, body: Buffer): DecodedRequest {
  const contentType = headers.get("content-type");
  if (contentType === "application/x-protobuf") return decodeOtlp(body);
  if (contentType === "application/json") return JSON.parse(body.toString()) as DecodedRequest;
  throw new Error(`content type ${contentType}`);
}

function spansOf(request: DecodedRequest): DecodedSpan[] {
  return request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

/** A span's attributes by name; throws when a name comes twice. */
export function attributesOf(span: DecodedSpan): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { key, value } of span.attributes) {
    if (key in values) throw new Error(`${key} comes twice`);
    values[key] = Object.values(value)[0];
  }
  return values;
}
