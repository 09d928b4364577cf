import { comparableLines } from "../../support/compare-replay.ts";
import type { ReceivedRequest } from "../../support/received-request.ts";

/**
 * What the upstream saw differently when the same call came through the gateway instead of directly, in words. `host` and
 * fields of one hop may differ, and the random boundary of a multipart body.
 */
export function requestDifferences(direct: ReceivedRequest, through: ReceivedRequest): string[] {
  const differences: string[] = [];
  const compare = (what: string, expected: string, got: string): void => {
    if (expected !== got) differences.push(`${what}: ${shown(got)} instead of ${shown(expected)}`);
  };
  compare("method", direct.method, through.method);
  compare("target", direct.target, through.target);
  compare("header fields", fieldsOf(direct).join("\n"), fieldsOf(through).join("\n"));
  compare("body", bodyOf(direct), bodyOf(through));
  return differences;
}

function shown(text: string): string {
  return text.length > 2000 ? `${JSON.stringify(text.slice(0, 400))} and so on, ${text.length} bytes` : text;
}

function fieldsOf(request: ReceivedRequest): string[] {
  const lines = comparableLines(request.headerLines).filter((line) => !line.startsWith("host:"));
  const boundary = boundaryOf(request);
  return boundary === null ? lines : lines.map((line) => line.replace(boundary, "boundary"));
}

function bodyOf(request: ReceivedRequest): string {
  const body = request.body().toString("latin1");
  const boundary = boundaryOf(request);
  return boundary === null ? body : body.replaceAll(boundary, "boundary");
}

function boundaryOf(request: ReceivedRequest): string | null {
  return /boundary="?([^";]+)/.exec(request.header("content-type") ?? "")?.[1] ?? null;
}
