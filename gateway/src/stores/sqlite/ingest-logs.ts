import type { Database } from "bun:sqlite";
import type { ExchangeRecord } from "../../core/exchange.ts";
import type { GatewayEvent } from "../../core/gateway-event.ts";
import type { IngestResult, JournalCheckpoint, NewLog } from "../ports/log-store.ts";
import { createEventWriter } from "./keep-events.ts";
import { ensureGateway } from "./log-gateways.ts";
import { detailOf, logParts, recordColumnNames, recordColumns } from "./log-row.ts";
import { firstSequence, idTimeMs } from "./log-sequence.ts";
import { metadataWords } from "./metadata-words.ts";
import { gatewayWord, searchableText } from "./search-words.ts";

/** Writes the figures of new records into tables of its own; called inside the transaction that stores them. */
export type RollUpWriter = (database: Database, records: readonly ExchangeRecord[]) => void;

/** Level 1: more would cost several times the CPU for a few per cent. */
const compression = { level: 1 } as const;

/** Bytes a row takes beside its texts: numbers, index entries, page overhead; measured over a million rows. */
const fixedRowBytes = 260;

/** What the rows of one gateway in a batch add up to. */
interface GatewayTally {
  readonly gateway: number;
  readonly rowCountBefore: number;
  rows: number;
  rowBytes: number;
  bodies: number;
  bodyBytes: number;
  refused: number;
  skewMs: number;
  firstBody: number;
}

/** Stores batches; prepares its statements once. */
export function createIngest(database: Database, writeRollUps: RollUpWriter | null) {
  const statements = prepare(database);
  const keepEvents = createEventWriter(database);
  const storeCheckpoints = (checkpoints: readonly JournalCheckpoint[]): void => {
    for (const { segment, offset } of checkpoints) {
      if (offset === null) statements.forgetCheckpoint.run(segment);
      else statements.setCheckpoint.run(segment, offset);
    }
  };

  const ingest = (
    batch: readonly NewLog[],
    checkpoints: readonly JournalCheckpoint[],
    events: readonly GatewayEvent[],
  ): IngestResult => {
    const tallies = new Map<string, GatewayTally>();
    const counted: ExchangeRecord[] = [];
    const outcome = { stored: 0, duplicates: 0, unlogged: 0, refused: 0, events: keepEvents(events) };
    for (const [first, log] of inOrder(batch)) {
      const { record } = log;
      if (!record.isLogged) {
        outcome.unlogged += 1;
        counted.push(record);
        continue;
      }
      const tally = tallyOf(database, tallies, record);
      if (log.rowLimit !== null && tally.rowCountBefore + tally.rows >= log.rowLimit) {
        tally.refused += 1;
        outcome.refused += 1;
        counted.push(record);
        continue;
      }
      if (storeLog(statements, { log, first, tally })) {
        outcome.stored += 1;
        counted.push(record);
      } else outcome.duplicates += 1;
    }
    for (const tally of tallies.values()) addTally(statements, tally);
    if (writeRollUps !== null && counted.length > 0) writeRollUps(database, counted);
    storeCheckpoints(checkpoints);
    return outcome;
  };
  return database.transaction(ingest).immediate;
}

/** By sequence, because the full-text index has to write out what it gathered whenever a row number goes back. */
function inOrder(batch: readonly NewLog[]): [first: number, log: NewLog][] {
  const placed = batch.map((log): [number, NewLog] => {
    const first = firstSequence(log.record.id);
    if (first === null) throw new RangeError(`log id ${JSON.stringify(log.record.id)} is no UUID`);
    return [first, log];
  });
  return placed.sort(([left, { record }], [right, other]) => left - right || (record.id < other.record.id ? -1 : 1));
}

type Statements = ReturnType<typeof prepare>;

function prepare(database: Database) {
  const columns = ["sequence", "gateway", "id", ...recordColumnNames, "row_bytes", "body_bytes", "parts"];
  const places = columns.map(() => "?").join(", ");
  return {
    insertLog: database.query(
      `INSERT INTO logs (${columns.join(", ")}) VALUES (${places}) ON CONFLICT (sequence) DO NOTHING`,
    ),
    idAt: database.query<{ id: string }, [number]>("SELECT id FROM logs WHERE sequence = ?"),
    insertDetail: database.query("INSERT INTO log_details (sequence, metadata, detail) VALUES (?, ?, ?)"),
    insertBodies: database.query("INSERT INTO log_bodies VALUES (?, ?, ?, ?, ?)"),
    insertEntries: database.query("INSERT INTO log_entries (rowid, words) VALUES (?, ?)"),
    insertWords: database.query("INSERT INTO log_search (rowid, words) VALUES (?, ?)"),
    addToGateway: database.query(
      `UPDATE log_gateways SET row_count = row_count + ?, row_bytes = row_bytes + ?, body_count = body_count + ?,
         body_bytes = body_bytes + ?, refused = refused + ?, skew_ms = max(skew_ms, ?), first_body = min(first_body, ?)
       WHERE gateway = ?`,
    ),
    setCheckpoint: database.query(
      "INSERT INTO journal_checkpoints VALUES (?, ?) ON CONFLICT (segment) DO UPDATE SET position = excluded.position",
    ),
    forgetCheckpoint: database.query("DELETE FROM journal_checkpoints WHERE segment = ?"),
  };
}

/** False when the log is there already. */
function storeLog(
  statements: Statements,
  { log, first, tally }: { log: NewLog; first: number; tally: GatewayTally },
): boolean {
  const { record } = log;
  const request = log.request === null ? null : Bun.zstdCompressSync(log.request, compression);
  const response = log.response === null ? null : Bun.zstdCompressSync(log.response, compression);
  const bodyBytes = (request?.length ?? 0) + (response?.length ?? 0);
  const detail = detailOf(record);
  const metadata = record.metadata === null ? null : JSON.stringify(record.metadata);
  const rowBytes = fixedRowBytes + detail.length + record.path.length + 2 * (metadata?.length ?? 0);
  const parts =
    (request === null ? 0 : logParts.request) |
    (response === null ? 0 : logParts.response) |
    (log.searchText === "" ? 0 : logParts.words);

  const values = [tally.gateway, record.id, ...recordColumns(record), rowBytes, bodyBytes, parts];
  let sequence = first;
  while (statements.insertLog.run(sequence, ...values).changes === 0) {
    if (statements.idAt.get(sequence)?.id === record.id) return false;
    sequence += 1;
  }
  statements.insertDetail.run(sequence, metadata, detail);
  if (request !== null || response !== null) {
    const [requestComplete, responseComplete] = [log.isRequestComplete ? 1 : 0, log.isResponseComplete ? 1 : 0];
    statements.insertBodies.run(sequence, request, requestComplete, response, responseComplete);
    tally.bodies += 1;
    tally.firstBody = Math.min(tally.firstBody, sequence);
  }
  const entries = metadataWords(tally.gateway, record.metadata);
  if (entries !== null) statements.insertEntries.run(sequence, entries);
  if (log.searchText !== "") {
    statements.insertWords.run(sequence, `${gatewayWord(tally.gateway)} ${searchableText(log.searchText)}`);
  }
  tally.rows += 1;
  tally.rowBytes += rowBytes;
  tally.bodyBytes += bodyBytes;
  tally.skewMs = Math.max(tally.skewMs, Math.ceil(Math.abs(record.createdAtMs - idTimeMs(record.id))));
  return true;
}

function tallyOf(database: Database, tallies: Map<string, GatewayTally>, record: ExchangeRecord): GatewayTally {
  const key = `${record.accountId}/${record.gatewayId}`;
  const known = tallies.get(key);
  if (known !== undefined) return known;
  const row = ensureGateway(database, record);
  const tally: GatewayTally = {
    gateway: row.gateway,
    rowCountBefore: row.row_count,
    rows: 0,
    rowBytes: 0,
    bodies: 0,
    bodyBytes: 0,
    refused: 0,
    skewMs: 0,
    firstBody: Number.MAX_SAFE_INTEGER,
  };
  tallies.set(key, tally);
  return tally;
}

function addTally({ addToGateway }: Statements, tally: GatewayTally): void {
  const { rows, rowBytes, bodies, bodyBytes, refused, skewMs, firstBody, gateway } = tally;
  addToGateway.run(rows, rowBytes, bodies, bodyBytes, refused, skewMs, firstBody, gateway);
}
