import type { Database } from "bun:sqlite";
import { DistinctCounter, encodeDistinctEntries } from "../../analytics/distinct-counter.ts";
import { encodeLatencyBuckets, LatencySketch } from "../../analytics/latency-sketch.ts";
import {
  addToMinutes,
  addToSketches,
  addToTier,
  type CoarseTier,
  type Grain,
  type RollUpTier,
  sketchTable,
} from "./roll-up-tables.ts";

/** What a batch adds to one row of a tier. Its lists grow while the batch is added up. */
export interface RollUpCell {
  readonly at: number;
  /** Number of the series or the family. */
  readonly number: number;
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

/** Joined without merging: up to so many rows, and bytes of users. */
const SHORT_ROWS = 24;
const SHORT_USERS = 120;

/** Series and families are numbered below this. */
const NUMBER_RANGE = 2 ** 20;

/** Adds a cell to those of its batch. */
export function addCell(cells: Map<number, RollUpCell>, cell: RollUpCell): void {
  const key = cell.at * NUMBER_RANGE + cell.number;
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

/** The same counts in a tier whose steps are `factor` times as wide, under the numbers that `numberOf` gives. */
export function coarserCells(
  cells: Iterable<RollUpCell>,
  factor: number,
  numberOf: (series: number) => number,
): Map<number, RollUpCell> {
  const coarser = new Map<number, RollUpCell>();
  for (const { at, number, counters, durations, firstBytes, users } of cells) {
    addCell(coarser, {
      at: Math.floor(at / factor),
      number: numberOf(number),
      counters: [...counters],
      durations: [...durations],
      firstBytes: [...firstBytes],
      users: [...users],
    });
  }
  return coarser;
}

/** Adds the cells to the rows of minutes. */
export function writeMinutes(database: Database, cells: Iterable<RollUpCell>): void {
  const statement = database.query(addToMinutes);
  for (const cell of cells) {
    const { at, number, counters } = cell;
    const lengths = statement.get(at, number, ...counters, ...encodedSketches(cell)) as Lengths;
    shortenWhenLong(database, { grain: "series", tier: "minutes", at, number }, lengths);
  }
}

/** Adds the cells to the rows of a wider tier. */
export function writeCoarse(
  database: Database,
  { grain, tier }: { readonly grain: Grain; readonly tier: CoarseTier },
  cells: Iterable<RollUpCell>,
): void {
  const counterStatement = database.query(addToTier(grain, tier));
  for (const cell of cells) {
    const { at, number, counters } = cell;
    counterStatement.run(at, number, ...counters);
    appendSketches(database, { grain, tier, at, number }, encodedSketches(cell));
  }
}

/** Adds sketches to those of a row of a wider tier. */
export function appendSketches(
  database: Database,
  key: SketchKey & { readonly tier: CoarseTier },
  sketches: Sketches,
): void {
  const statement = database.query(addToSketches(key.grain, key.tier));
  shortenWhenLong(database, key, statement.get(key.at, key.number, ...sketches) as Lengths);
}

type Sketches = [duration: Uint8Array, firstByte: Uint8Array, users: Uint8Array];

function encodedSketches({ durations, firstBytes, users }: RollUpCell): Sketches {
  return [
    encodeLatencyBuckets(durations),
    encodeLatencyBuckets(firstBytes),
    encodeDistinctEntries(users.length < 2 ? users : new Set(users)),
  ];
}

/** How long the sketches of a row have become, in bytes. */
interface Lengths {
  readonly times: number;
  readonly users: number;
}

/** Sketches of one row, as stored. */
export interface SketchRow {
  readonly duration: Uint8Array;
  readonly first_byte: Uint8Array;
  readonly users: Uint8Array;
}

interface SketchKey {
  readonly grain: Grain;
  readonly tier: RollUpTier;
  readonly at: number;
  readonly number: number;
}

function shortenWhenLong(database: Database, { grain, tier, at, number }: SketchKey, { times, users }: Lengths): void {
  if (times <= LONGEST_TIMES && users <= LONGEST_USERS) return;
  const table = sketchTable(grain, tier);
  const row = database
    .query(`SELECT duration, first_byte, users FROM ${table} WHERE at = ? AND ${grain} = ?`)
    .get(at, number) as SketchRow;
  database
    .query(`UPDATE ${table} SET duration = ?, first_byte = ?, users = ? WHERE at = ? AND ${grain} = ?`)
    .run(...shortestSketches([row]), at, number);
}

/** The sketches of all rows together, in their shortest form. */
function shortestSketches(rows: readonly SketchRow[]): Sketches {
  const [duration, firstByte, users] = [new LatencySketch(), new LatencySketch(), new DistinctCounter()];
  for (const row of rows) {
    duration.merge(row.duration);
    firstByte.merge(row.first_byte);
    users.merge(row.users);
  }
  return [duration.encode(), firstByte.encode(), users.encode()];
}

/** The sketches of all rows together; few and short ones are set one behind the other, which is faster than merging them. */
export function joinedSketches(rows: readonly SketchRow[]): Sketches {
  const isShort = rows.reduce((length, { users }) => length + users.length, 0) <= SHORT_USERS;
  if (!isShort || rows.length > SHORT_ROWS) return shortestSketches(rows);
  return [
    Buffer.concat(rows.map((row) => row.duration)),
    Buffer.concat(rows.map((row) => row.first_byte)),
    Buffer.concat(rows.map((row) => row.users)),
  ];
}
