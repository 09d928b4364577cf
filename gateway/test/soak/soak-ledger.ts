import { Database } from "bun:sqlite";
import type { SoakAccount } from "./soak-account.ts";

/** The ledger held against the client's own account. */
export interface LedgerComparison {
  readonly rows: number;
  readonly clientNanoUsd: number;
  /** Of the rows of the same requests. */
  readonly ledgerNanoUsd: number;
  /** Answers the client got whole that have no row. */
  readonly missing: number;
  readonly twice: number;
  readonly wrongCost: number;
  /** Rows of whole answers that the client never got, beyond the requests it got none for. */
  readonly unknown: number;
}

/** Compares the database of a gateway that has stopped with what the client knows. */
export function compareLedger(databasePath: string, account: SoakAccount): LedgerComparison {
  using database = new Database(databasePath, { readonly: true });
  const costs = new Map<string, number>();
  let twice = 0;
  let strangers = 0;
  const rows = database.query("SELECT id, cost_nano_usd, outcome, success FROM logs").all() as LogRow[];
  for (const { id: bytes, cost_nano_usd: cost, success, outcome } of rows) {
    const id = idText(bytes);
    if (costs.has(id)) twice += 1;
    costs.set(id, Number(cost));
    const isWhole = outcome === "complete" && Number(success) === 1;
    if (isWhole && !isKnown(account, id)) strangers += 1;
  }
  const own = [...account.costs];
  return {
    rows: rows.length,
    clientNanoUsd: own.reduce((sum, [, cost]) => sum + cost, 0),
    ledgerNanoUsd: own.reduce((sum, [id]) => sum + (costs.get(id) ?? 0), 0),
    missing: [...account.costs.keys(), ...account.untold].filter((id) => !costs.has(id)).length,
    twice,
    wrongCost: own.filter(([id, cost]) => costs.has(id) && costs.get(id) !== cost).length,
    unknown: Math.max(0, strangers - account.unanswered),
  };
}

function isKnown({ costs, untold, unfinished }: SoakAccount, id: string): boolean {
  return costs.has(id) || untold.has(id) || unfinished.has(id);
}

interface LogRow {
  readonly id: Uint8Array | string;
  readonly cost_nano_usd: number | bigint | null;
  readonly outcome: string;
  readonly success: number;
}

function idText(id: Uint8Array | string): string {
  if (typeof id === "string") return id;
  const hex = Buffer.from(id).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
