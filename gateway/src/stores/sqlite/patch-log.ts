import type { Database } from "bun:sqlite";
import type { LogPatch } from "../ports/log-store.ts";
import { metadataWords } from "./metadata-words.ts";

/** Applies a patch to a row of a gateway; only inside a transaction. */
export function patchRow(
  database: Database,
  { gateway, sequence }: { gateway: number; sequence: number },
  patch: LogPatch,
): void {
  if (patch.feedback !== undefined) {
    database.query("UPDATE logs SET feedback = ? WHERE sequence = ?").run(patch.feedback, sequence);
  }
  if (patch.score !== undefined) {
    database.query("UPDATE logs SET score = ? WHERE sequence = ?").run(patch.score, sequence);
  }
  if (patch.metadata === undefined) return;
  const entries = metadataWords(gateway, patch.metadata);
  database.query("DELETE FROM log_entries WHERE rowid = ?").run(sequence);
  if (entries !== null) database.query("INSERT INTO log_entries (rowid, words) VALUES (?, ?)").run(sequence, entries);
  const written = patch.metadata === null ? null : JSON.stringify(patch.metadata);
  database.query("UPDATE log_details SET metadata = ? WHERE sequence = ?").run(written, sequence);
}
