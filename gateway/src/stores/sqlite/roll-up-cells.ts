import type { Database } from "bun:sqlite";
import { DistinctCounter, encodeDistinctEntries } from "../../analytics/distinct-counter.ts";
import { encodeLatencyBuckets, LatencySketch } from "../../analytics/latency-sketch.ts";
import { addToMinutes, addToSketches, addToTier, type RollUpTier, sketchTable } from "./roll-up-tables.ts";

/** What a batch adds to one row of a tier. Its lists grow while the batch is added up. */
export interface RollUpCell {
  readonly at: number;
  readonly series: number;
  readonly counters: number[];
  /** Latency buckets, in any order. */
  readonly durations: number[];
  readonly firstBytes: number[];
  /** Entries of a distinct counter. */
  readonly users: number[];
}

/** Encoded sketches longer than this are put into their shortest form; those hold a few hundred buckets. */
const LONGEST_TIMES = 1536;
/** Longer than the registers of a counter by enough that shortening is rare. */
const LONGEST_USERS = 5632;

/** Series are numbered below this. */
const SERIES_RANGE = 2 ** 20;

/** Adds a cell to those of its batch. */
export function addCell(cells: Map<number, RollUpCell>, cell: RollUpCell): void {
  const key = cell.at * SERIES_RANGE + cell.series;
  const present = cells.get(key);
  if (present === undefined) {
    cells.set(key, cell);
    return;
  }
  addCounters(present.counters, cell.counters);
  for (const bucket of cell.durations) present.durations.push(bucket);
  for (const bucket of cell.firstBytes) present.firstBytes.push(bucket);
  for (const entry of cell.users) present.users.push(entry);
}

/** Adds one list of counters to another. */
export function addCounters(totals: number[], counters: readonly number[]): void {
  for (let index = 0; index < totals.length; index++) {
    totals[index] = (totals[index] as number) + (counters[index] as number);
  }
}

/** The same counts in a tier whose steps are `factor` times as wide. */
export function coarserCells(cells: Iterable<RollUpCell>, factor: number): Map<number, RollUpCell> {
  const coarser = new Map<number, RollUpCell>();
  for (const { at, series, counters, durations, firstBytes, users } of cells) {
    addCell(coarser, {
      at: Math.floor(at / factor),
      series,
      counters: [...counters],
      durations: [...durations],
      firstBytes: [...firstBytes],
      users: [...users],
    });
  }
  return coarser;
}

/** Adds the cells to the rows of a tier. */
export function writeCells(database: Database, tier: RollUpTier, cells: Iterable<RollUpCell>): void {
  const write = tier === "minutes" ? minuteWriter(database) : coarseWriter(database, tier);
  for (const cell of cells) {
    const { times, users } = write(cell, [
      encodeLatencyBuckets(cell.durations),
      encodeLatencyBuckets(cell.firstBytes),
      encodeDistinctEntries(cell.users.length < 2 ? cell.users : new Set(cell.users)),
    ]);
    if (times > LONGEST_TIMES || users > LONGEST_USERS) shortenSketches(database, tier, cell);
  }
}

type Sketches = [duration: Uint8Array, firstByte: Uint8Array, users: Uint8Array];

/** How long the sketches of a row have become, in bytes. */
interface Lengths {
  readonly times: number;
  readonly users: number;
}

function minuteWriter(database: Database): (cell: RollUpCell, sketches: Sketches) => Lengths {
  const statement = database.query(addToMinutes);
  return ({ at, series, counters }, sketches) => statement.get(at, series, ...counters, ...sketches) as Lengths;
}

function coarseWriter(
  database: Database,
  tier: Exclude<RollUpTier, "minutes">,
): (cell: RollUpCell, sketches: Sketches) => Lengths {
  const counterStatement = database.query(addToTier(tier));
  const sketchStatement = database.query(addToSketches(tier));
  return ({ at, series, counters }, sketches) => {
    counterStatement.run(at, series, ...counters);
    return sketchStatement.get(at, series, ...sketches) as Lengths;
  };
}

/** Sketches of one row, as stored. */
export interface SketchRow {
  readonly duration: Uint8Array;
  readonly first_byte: Uint8Array;
  readonly users: Uint8Array;
}

function shortenSketches(database: Database, tier: RollUpTier, { at, series }: RollUpCell): void {
  const table = sketchTable(tier);
  const row = database
    .query(`SELECT duration, first_byte, users FROM ${table} WHERE at = ? AND series = ?`)
    .get(at, series) as SketchRow;
  database
    .query(`UPDATE ${table} SET duration = ?, first_byte = ?, users = ? WHERE at = ? AND series = ?`)
    .run(...shortestSketches([row]), at, series);
}

/** The sketches of all rows together, in their shortest form. */
export function shortestSketches(rows: readonly SketchRow[]): Sketches {
  const [duration, firstByte, users] = [new LatencySketch(), new LatencySketch(), new DistinctCounter()];
  for (const row of rows) {
    duration.merge(row.duration);
    firstByte.merge(row.first_byte);
    users.merge(row.users);
  }
  return [duration.encode(), firstByte.encode(), users.encode()];
}
