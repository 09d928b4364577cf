import type { Database } from "bun:sqlite";
import { attributesOf, USER_ATTRIBUTE } from "../../analytics/attributes.ts";
import { DistinctCounter } from "../../analytics/distinct-counter.ts";
import type { ExchangeRecord } from "../../core/exchange.ts";
import { addCounters } from "./roll-up-cells.ts";
import { addToAttributes, ALL_GATEWAYS, type CoarseTier, stepOf, tierWidthMs } from "./roll-up-tables.ts";

/** Values of a metadata key up to which it is rolled up; beyond, questions about it are answered from rows. */
export const MOST_VALUES = 1000;
/** Metadata keys of an account that are rolled up; the first ones seen. */
export const MOST_NAMES = 50;

/** A record and what it adds to each counter. */
export interface CountedExchange {
  readonly record: ExchangeRecord;
  readonly counters: readonly number[];
}

/** What a batch adds to the values of one attribute: by place (step and gateway), then by value. */
type AttributeCells = Map<number, Map<string, number[]>>;

/** Gateways are numbered below this. */
const GATEWAY_RANGE = 2 ** 20;

interface AttributeRow {
  readonly attribute: number;
  readonly seen: Uint8Array;
  readonly covered_until_ms: number | null;
}

/** What a batch tells of one attribute. */
interface BatchAttribute {
  readonly accountId: string;
  readonly name: string;
  /** Null when it is new. */
  readonly row: AttributeRow | null;
  readonly values: Set<string>;
  readonly hours: AttributeCells;
  /** Earliest hour that it was seen in. */
  firstHour: number;
}

/**
 * Adds records to the roll-ups by user and by metadata key; see `applyRollUps`.
 * @param hoursCompleteUntil hours before this step are closed; what comes late for them is added to its day at once.
 */
export function rollUpAttributes(
  database: Database,
  records: readonly CountedExchange[],
  hoursCompleteUntil: number | null,
): void {
  for (const attribute of batchAttributes(database, records)) {
    const number = attributeNumber(database, attribute);
    if (number === null) continue;
    writeAttributeCells(database, { tier: "hours", attribute: number }, attribute.hours);
    if (hoursCompleteUntil === null) continue;
    const days = lateDays(attribute.hours, hoursCompleteUntil);
    writeAttributeCells(database, { tier: "days", attribute: number }, days);
  }
}

function batchAttributes(database: Database, records: readonly CountedExchange[]): BatchAttribute[] {
  const attributes = new Map<string, BatchAttribute | null>();
  const gatewayNumber = gatewayNumbers(database);
  for (const { record, counters } of records) {
    for (const [name, value] of attributesOf(record)) {
      const key = `${name}\n${record.accountId}`;
      let attribute = attributes.get(key);
      if (attribute === undefined) {
        attribute = openAttribute(database, record.accountId, name);
        attributes.set(key, attribute);
      }
      if (attribute === null) continue;
      attribute.values.add(value);
      const hour = stepOf("hours", record.createdAtMs);
      attribute.firstHour = Math.min(attribute.firstHour, hour);
      addToCells(attribute.hours, { place: hour * GATEWAY_RANGE + gatewayNumber(record), value, counters });
    }
  }
  return [...attributes.values()].filter((attribute) => attribute !== null);
}

/** Null when it is not rolled up, or no longer. */
function openAttribute(database: Database, accountId: string, name: string): BatchAttribute | null {
  const row = database
    .query("SELECT attribute, seen, covered_until_ms FROM roll_up_attributes WHERE account_id = ? AND name = ?")
    .get(accountId, name) as AttributeRow | null;
  if (row !== null && row.covered_until_ms !== null) return null;
  return { accountId, name, row, values: new Set(), hours: new Map(), firstHour: Number.POSITIVE_INFINITY };
}

/** Number of an attribute, made when it is new; null when there are too many of them, or too many values of it. */
function attributeNumber(database: Database, batch: BatchAttribute): number | null {
  const { accountId, name, row } = batch;
  const isUser = name === USER_ATTRIBUTE;
  if (row === null && !isUser && countAttributes(database, accountId) >= MOST_NAMES) return null;
  const number = row?.attribute ?? insertAttribute(database, batch);
  // Users are who the figures are about, however many.
  if (isUser) return number;
  const counter = new DistinctCounter();
  if (row !== null) counter.merge(row.seen);
  for (const value of batch.values) counter.add(value);
  const seen = counter.encode();
  const isFull = counter.estimate() > MOST_VALUES;
  if (isFull || row === null || Buffer.compare(seen, row.seen) !== 0) {
    database
      .query("UPDATE roll_up_attributes SET seen = ?, covered_until_ms = ? WHERE attribute = ?")
      .run(seen, isFull ? coveredUntilMs(batch) : null, number);
  }
  return isFull ? null : number;
}

/** Metadata keys of an account that are, or were, rolled up. */
export function countAttributes(database: Database, accountId: string): number {
  const { count } = database
    .query("SELECT count(*) AS count FROM roll_up_attributes WHERE account_id = ? AND name <> ?")
    .get(accountId, USER_ATTRIBUTE) as { count: number };
  return count;
}

function insertAttribute(database: Database, { accountId, name }: BatchAttribute): number {
  const statement = database.query(
    "INSERT INTO roll_up_attributes (account_id, name, seen) VALUES (?, ?, x'') RETURNING attribute",
  );
  return (statement.get(accountId, name) as { attribute: number }).attribute;
}

/** An hour early, since a later batch may still bring records that began before this one's. */
function coveredUntilMs({ firstHour }: BatchAttribute): number {
  return (firstHour - 1) * tierWidthMs.hours;
}

interface CellPart {
  readonly place: number;
  readonly value: string;
  readonly counters: readonly number[];
}

function addToCells(cells: AttributeCells, { place, value, counters }: CellPart): void {
  let values = cells.get(place);
  if (values === undefined) {
    values = new Map();
    cells.set(place, values);
  }
  const present = values.get(value);
  if (present === undefined) values.set(value, [...counters]);
  else addCounters(present, counters);
}

/** What belongs to hours that are closed, by day, for each gateway and for all together. */
function lateDays(hours: AttributeCells, hoursCompleteUntil: number): AttributeCells {
  const days: AttributeCells = new Map();
  for (const [place, values] of hours) {
    const hour = Math.floor(place / GATEWAY_RANGE);
    if (hour >= hoursCompleteUntil) continue;
    const day = Math.floor(hour / (tierWidthMs.days / tierWidthMs.hours)) * GATEWAY_RANGE;
    for (const [value, counters] of values) {
      addToCells(days, { place: day + (place % GATEWAY_RANGE), value, counters });
      addToCells(days, { place: day + ALL_GATEWAYS, value, counters });
    }
  }
  return days;
}

function writeAttributeCells(
  database: Database,
  { tier, attribute }: { readonly tier: CoarseTier; readonly attribute: number },
  cells: AttributeCells,
): void {
  const add = database.query(addToAttributes(tier));
  for (const [place, values] of cells) {
    const [at, gateway] = [Math.floor(place / GATEWAY_RANGE), place % GATEWAY_RANGE];
    for (const [value, counters] of values) add.run(attribute, gateway, at, value, ...counters);
  }
}

/** A function that answers the number of a record's gateway, making it when it is new. */
function gatewayNumbers(database: Database): (record: ExchangeRecord) => number {
  const known = new Map<string, number>();
  return ({ accountId, gatewayId }) => {
    const key = `${gatewayId}\n${accountId}`;
    let number = known.get(key);
    if (number === undefined) {
      number = (
        database
          .query(
            `INSERT INTO roll_up_gateways (account_id, gateway_id) VALUES (?, ?)
            ON CONFLICT DO UPDATE SET account_id = excluded.account_id RETURNING gateway`,
          )
          .get(accountId, gatewayId) as { gateway: number }
      ).gateway;
      known.set(key, number);
    }
    return number;
  };
}
