import { existsSync, readdirSync } from "node:fs";
import { createReadStream } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

/** Where an exchange was taken from; samples written for this project name themselves. */
export interface ExchangeSource {
  readonly repo: string;
  readonly commit: string;
  readonly path: string;
  readonly index: number | string;
  readonly licence: string;
}

/** The request half of a recorded exchange. `url` is absolute, path only, or empty where the source kept none. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: "utf8" | "base64";
  readonly body: string;
}

/** The answer half: the whole body as received, chunk borders lost. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly stream: boolean;
  readonly encoding: "utf8" | "base64";
  readonly body: string;
}

/** One exchange with a model provider; recordings and hand-written samples share this shape. */
export interface RecordedExchange {
  readonly id: string;
  readonly provider: string;
  readonly source: ExchangeSource;
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
}

/** The body of either half as bytes; empty when there was none. */
export function bodyBytes(half: { readonly encoding: "utf8" | "base64"; readonly body: string }): Buffer {
  return Buffer.from(half.body, half.encoding);
}

/**
 * The folder of recordings: `HEADGATE_RECORDINGS`, else `shared/recordings` beside the repository.
 * Null when it is absent; the reason is printed once per call, so callers ask once.
 */
export function findRecordings(environment: Readonly<Record<string, string | undefined>> = process.env): string | null {
  const repositoryRoot = resolve(import.meta.dir, "../../..");
  const directory = environment["HEADGATE_RECORDINGS"] ?? resolve(repositoryRoot, "../shared/recordings");
  if (existsSync(directory) && recordedProviders(directory).length > 0) return directory;
  console.log(`skipped: no recordings in ${directory} (set HEADGATE_RECORDINGS to their folder)`);
  return null;
}

/** Names of the providers with a file in `directory`, sorted. */
export function recordedProviders(directory: string): string[] {
  const suffix = ".jsonl.gz";
  return readdirSync(directory)
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length))
    .toSorted();
}

/** Streams the exchanges of one provider in file order; only one record is held at a time. */
export async function* readRecordings(directory: string, provider: string): AsyncGenerator<RecordedExchange> {
  const file = createReadStream(join(directory, `${provider}.jsonl.gz`)).pipe(createGunzip());
  for await (const line of createInterface({ input: file, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.length > 0) yield JSON.parse(line) as RecordedExchange;
  }
}
