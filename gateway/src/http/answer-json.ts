import type { IncomingRequest } from "../http1/server-connection.ts";

/** Answers a request with a small JSON body that the gateway makes itself. */
export function answerJson(request: IncomingRequest, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  const fields = [
    "content-type",
    "application/json",
    "content-length",
    String(body.length),
    "cache-control",
    "no-store",
  ];
  request.response.head(status, fields, request.head.method === "HEAD" ? "none" : "length");
  request.response.write(body);
  request.response.end();
}
