import type { Database } from "bun:sqlite";
import type { Metadata } from "../../core/exchange.ts";
import type { LogPatch } from "../ports/log-store.ts";
import { metadataColumn } from "./log-row.ts";

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
  const before = database
    .query<{ metadata: string | null }, [number]>("SELECT metadata FROM log_details WHERE sequence = ?")
    .get(sequence);
  const forget = database.query(
    "DELETE FROM log_metadata WHERE gateway = ? AND name = ? AND value = ? AND sequence = ?",
  );
  const add = database.query("INSERT INTO log_metadata VALUES (?, ?, ?, ?)");
  for (const [name, value] of Object.entries(JSON.parse(before?.metadata ?? "{}") as Metadata)) {
    forget.run(gateway, name, metadataColumn(value), sequence);
  }
  for (const [name, value] of Object.entries(patch.metadata ?? {})) {
    add.run(gateway, name, metadataColumn(value), sequence);
  }
  const written = patch.metadata === null ? null : JSON.stringify(patch.metadata);
  database.query("UPDATE log_details SET metadata = ? WHERE sequence = ?").run(written, sequence);
}
