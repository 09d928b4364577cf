import type { Database } from "bun:sqlite";
import {
  type LogDeletion,
  type LogPage,
  type LogQuery,
  type LogScope,
  type LogStatistics,
  type LogStore,
  LogStoreUnavailable,
  type StoredBody,
  type StoredLog,
} from "../ports/log-store.ts";
import { findLogs } from "./find-logs.ts";
import { othersTurn } from "./others-turn.ts";
import { createIngest, type RollUpWriter } from "./ingest-logs.ts";
import { isUnavailable } from "./is-unavailable.ts";
import { findGateway, type GatewayRow } from "./log-gateways.ts";
import { type LogRow, logOfRow } from "./log-row.ts";
import { firstSequence, sequenceReach } from "./log-sequence.ts";
import type { SqliteDatabase } from "./open-database.ts";
import { patchRow } from "./patch-log.ts";
import { pruneGateway, removeRows } from "./remove-logs.ts";
import { summarizeLogs } from "./summarize-logs.ts";

/** Rows deleted in one transaction: some milliseconds, so that others can write in between. */
const rowsPerDeletion = 250;

/** Logs in an embedded SQLite database. Closing the store leaves the database open. */
export function openSqliteLogStore(database: SqliteDatabase, writeRollUps: RollUpWriter | null = null): LogStore {
  const { writer, reader } = database;
  const ingest = createIngest(writer, writeRollUps);
  const inTransaction = <Result>(work: (gateway: GatewayRow) => Result, scope: LogScope, none: Result): Result =>
    writer
      .transaction((): Result => {
        const gateway = findGateway(writer, scope);
        return gateway === null ? none : work(gateway);
      })
      .immediate();

  return {
    ingest: (batch, checkpoints, events = []) => answered(() => ingest(batch, checkpoints, events)),
    checkpoints: () => answered(() => readCheckpoints(reader)),
    list: (scope, query) => answered(() => listLogs(reader, scope, query)),
    get: (scope, id) => answered(() => getLog(reader, scope, id)),
    body: (scope, id, which) => answered(() => getBody(reader, scope, { id, which })),
    patch: (scope, id, patch) =>
      answered(() =>
        inTransaction(
          (gateway) => {
            const sequence = sequenceOf(writer, gateway, id);
            if (sequence === null) return false;
            patchRow(writer, { gateway: gateway.gateway, sequence }, patch);
            return true;
          },
          scope,
          false,
        ),
      ),
    delete: (scope, deletion) =>
      answered(async () => {
        const gateway = findGateway(reader, scope);
        if (gateway === null) return 0;
        const found = await findAll(reader, gateway, deletion);
        let removed = 0;
        for (let start = 0; start < found.length; start += rowsPerDeletion) {
          const chunk = found.slice(start, start + rowsPerDeletion);
          removed += inTransaction(() => removeRows(writer, gateway.gateway, chunk), scope, 0);
          await othersTurn();
        }
        return removed;
      }),
    prune: (scope, rule, limit) =>
      answered(() => inTransaction((gateway) => pruneGateway(writer, gateway, { rule, limit }), scope, 0)),
    statistics: () => answered(() => readStatistics(reader)),
    close: () => Promise.resolve(),
  };
}

/** Turns what SQLite says about space, locks and files into the port's error. */
async function answered<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isUnavailable(error)) {
      throw new LogStoreUnavailable(`${error.code}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function readCheckpoints(database: Database): ReadonlyMap<string, number> {
  const rows = database
    .query<{ segment: string; position: number }, []>("SELECT segment, position FROM journal_checkpoints")
    .all();
  return new Map(rows.map(({ segment, position }) => [segment, position]));
}

const emptyPage: LogPage = { logs: [], nextCursor: null, total: null, isTotalExact: true, ranges: null };

async function listLogs(database: Database, scope: LogScope, query: LogQuery): Promise<LogPage> {
  const gateway = findGateway(database, scope) ?? unknownGateway;
  const found = await findLogs(database, gateway, query);
  const summary = await summarizeLogs(database, gateway, query);
  return { ...emptyPage, logs: readLogs(database, scope, found.sequences), nextCursor: found.nextCursor, ...summary };
}

/** A gateway without logs; no row has its number. */
const unknownGateway: GatewayRow = {
  gateway: -1,
  row_count: 0,
  row_bytes: 0,
  body_count: 0,
  body_bytes: 0,
  refused: 0,
  skew_ms: 0,
  first_body: 0,
};

const rowQuery = `SELECT logs.*, log_details.metadata, log_details.detail FROM logs JOIN log_details USING (sequence)`;

function readLogs(database: Database, scope: LogScope, sequences: readonly number[]): StoredLog[] {
  const rows = database
    .query<LogRow & { sequence: number }, [string]>(`${rowQuery} WHERE sequence IN (SELECT value FROM json_each(?))`)
    .all(JSON.stringify(sequences));
  const bySequence = new Map(rows.map((row) => [row.sequence, row]));
  return sequences.flatMap((sequence) => {
    const row = bySequence.get(sequence);
    return row === undefined ? [] : [logOfRow(row, scope)];
  });
}

/** Row number of a log of this gateway; null when there is none. */
function sequenceOf(database: Database, { gateway }: GatewayRow, id: string): number | null {
  const first = firstSequence(id.toLowerCase());
  if (first === null) return null;
  const row = database
    .query<{ sequence: number }, [number, number, string, number]>(
      "SELECT sequence FROM logs WHERE sequence BETWEEN ? AND ? AND id = ? AND gateway = ?",
    )
    .get(first, first + sequenceReach, id.toLowerCase(), gateway);
  return row?.sequence ?? null;
}

function findLog(database: Database, scope: LogScope, id: string): number | null {
  const gateway = findGateway(database, scope);
  return gateway === null ? null : sequenceOf(database, gateway, id);
}

function getLog(database: Database, scope: LogScope, id: string): StoredLog | null {
  const sequence = findLog(database, scope, id);
  return sequence === null ? null : (readLogs(database, scope, [sequence])[0] ?? null);
}

function getBody(
  database: Database,
  scope: LogScope,
  { id, which }: { id: string; which: "request" | "response" },
): StoredBody | null {
  const sequence = findLog(database, scope, id);
  if (sequence === null) return null;
  const row = database
    .query<{ body: Uint8Array | null; complete: number; content_type: string | null }, [number]>(
      `SELECT ${which} AS body, ${which}_complete AS complete, ${which}_content_type AS content_type
       FROM log_bodies JOIN logs USING (sequence) WHERE sequence = ?`,
    )
    .get(sequence);
  if (row === null || row.body === null) return null;
  return {
    bytes: Buffer.from(Bun.zstdDecompressSync(row.body)),
    isComplete: row.complete === 1,
    contentType: row.content_type,
  };
}

/** The rows of a deletion, however long it takes to find them. */
async function findAll(database: Database, gateway: GatewayRow, deletion: LogDeletion): Promise<number[]> {
  const query = { ...deletion, offset: 0, withTotal: false, withRanges: false };
  const found: number[] = [];
  for (let cursor: string | null = null; ;) {
    const page = await findLogs(database, gateway, { ...query, limit: deletion.limit - found.length, cursor });
    found.push(...page.sequences);
    cursor = page.nextCursor;
    if (cursor === null || found.length >= deletion.limit) return found;
  }
}

function readStatistics(database: Database): LogStatistics[] {
  return database
    .query<LogStatistics, []>(
      `SELECT account_id AS accountId, gateway_id AS gatewayId, row_count AS rows, row_bytes AS rowBytes,
         body_count AS bodies, body_bytes AS bodyBytes, refused FROM log_gateways ORDER BY account_id, gateway_id`,
    )
    .all();
}
