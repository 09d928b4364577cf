import type { KeyObject } from "node:crypto";
import type { LedgerEntry } from "../core/ledger-entry.ts";
import { encryptMembers } from "./encrypt-members.ts";

/** Code of "rate limited" in the error catalogue (reference §15). */
const rateLimitedCode = 2003;

const empty = Buffer.alloc(0);

/**
 * One line of a Logpush file, with its line feed (reference A.11): what may be known in clear, and metadata and bodies encrypted with the gateway's
 * key. A body that was not kept is encrypted as empty, missing metadata as `{}`.
 */
export function logpushLine({ record, request, response }: LedgerEntry, publicKey: KeyObject): string {
  const line = {
    Datetime: new Date(record.createdAtMs).toISOString().replace(/\.\d+Z$/, "Z"),
    Gateway: record.gatewayId,
    Provider: record.provider,
    Model: record.model ?? "unknown",
    Endpoint: record.path,
    StatusCode: record.statusCode,
    Cached: record.cacheStatus === "HIT",
    RateLimited: record.errorCode === rateLimitedCode,
    ...encryptMembers(
      {
        Metadata: Buffer.from(JSON.stringify(record.metadata ?? {})),
        RequestBody: request ?? empty,
        ResponseBody: response ?? empty,
      },
      publicKey,
    ),
  };
  return `${JSON.stringify(line)}\n`;
}
