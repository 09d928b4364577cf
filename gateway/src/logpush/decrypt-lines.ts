import type { KeyObject } from "node:crypto";
import { decryptMember, isEncryptedMember } from "./decrypt-member.ts";

/** A line of a Logpush file: the record with its encrypted members opened, or why it could not be read. `line` counts from 1. */
export type DecryptedLine =
  | { readonly type: "record"; readonly record: Readonly<Record<string, unknown>> }
  | { readonly type: "failure"; readonly line: number; readonly reason: string };

/**
 * Opens the records of a Logpush file. Metadata becomes an object again, bodies become texts; a body that is not UTF-8 becomes
 * `{"base64": "…"}`. Empty lines are passed over.
 */
export async function* decryptLines(
  bytes: AsyncIterable<Uint8Array>,
  privateKey: KeyObject,
): AsyncGenerator<DecryptedLine> {
  let line = 0;
  for await (const text of linesOf(bytes)) {
    line += 1;
    if (text.trim() === "") continue;
    try {
      yield { type: "record", record: openRecord(text, privateKey) };
    } catch (error) {
      const isJsonFault = error instanceof SyntaxError;
      yield { type: "failure", line, reason: isJsonFault ? "no JSON object" : "encrypted for another key, or changed" };
    }
  }
}

function openRecord(text: string, privateKey: KeyObject): Record<string, unknown> {
  const record: unknown = JSON.parse(text);
  if (typeof record !== "object" || record === null || Array.isArray(record)) throw new SyntaxError("no object");
  const members = Object.entries(record).map(([name, value]) => [
    name,
    isEncryptedMember(value) ? readable(name, decryptMember(value, privateKey)) : (value as unknown),
  ]);
  return Object.fromEntries(members) as Record<string, unknown>;
}

function readable(name: string, bytes: Buffer): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return name === "Metadata" ? JSON.parse(text) : text;
  } catch {
    return { base64: bytes.toString("base64") };
  }
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pending: Uint8Array[] = [];
  for await (const piece of bytes) {
    let start = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, start)) {
      yield Buffer.concat([...pending, piece.subarray(start, end)]).toString();
      pending = [];
      start = end + 1;
    }
    if (start < piece.length) pending.push(piece.subarray(start));
  }
  if (pending.length > 0) yield Buffer.concat(pending).toString();
}
