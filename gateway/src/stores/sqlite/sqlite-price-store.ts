import type { PriceEntry } from "../../core/price-entry.ts";
import { type PriceStore, PriceStoreUnavailable } from "../ports/price-store.ts";
import { isUnavailable } from "./is-unavailable.ts";
import type { SqliteDatabase } from "./open-database.ts";

interface PriceRow {
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly from_ms: number | null;
  readonly settings: string | null;
  readonly created_at_ms: number;
}

/** Prices in the embedded database. */
export function openSqlitePriceStore({ reader, writer }: Pick<SqliteDatabase, "reader" | "writer">): PriceStore {
  return {
    list: () =>
      answered(() =>
        reader
          .query<PriceRow, []>(
            "SELECT id, provider, model, from_ms, settings, created_at_ms FROM price_entries ORDER BY sequence",
          )
          .all()
          .map(entryOfRow),
      ),
    add: (entry) =>
      answered(() => {
        const settings = entry.settings === null ? null : JSON.stringify(entry.settings);
        writer
          .query(
            "INSERT INTO price_entries (id, provider, model, from_ms, settings, created_at_ms) VALUES (?, ?, ?, ?, ?, ?)",
          )
          .run(entry.id, entry.provider, entry.model, entry.fromMs, settings, entry.createdAtMs);
      }),
  };
}

function entryOfRow(row: PriceRow): PriceEntry {
  return {
    id: row.id,
    provider: row.provider,
    model: row.model,
    fromMs: row.from_ms,
    settings: row.settings === null ? null : (JSON.parse(row.settings) as PriceEntry["settings"]),
    createdAtMs: row.created_at_ms,
  };
}

async function answered<Result>(work: () => Result): Promise<Result> {
  try {
    return work();
  } catch (error) {
    if (isUnavailable(error)) throw new PriceStoreUnavailable(`${error.code}: ${error.message}`, { cause: error });
    throw error;
  }
}
