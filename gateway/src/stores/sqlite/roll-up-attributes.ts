import type { Database } from "bun:sqlite";
import { attributesOf, USER_ATTRIBUTE } from "../../analytics/attributes.ts";
import { countersOf } from "../../analytics/counters.ts";
import { DistinctCounter } from "../../analytics/distinct-counter.ts";
import type { ExchangeRecord } from "../../core/exchange.ts";
import { addCounters } from "./roll-up-cells.ts";
import { addToAttributes, ALL_GATEWAYS, type CoarseTier, stepOf, tierWidthMs } from "./roll-up-tables.ts";

/** Values of a metadata key up to which it is rolled up; beyond, questions about it are answered from rows. */
export const MOST_VALUES = 1000;
/** Metadata keys of an account that are rolled up; the first ones seen. */
export const MOST_NAMES = 50;

/** What a batch adds to one value of one attribute in one hour. */
interface AttributeCell {
  readonly attribute: number;
  readonly at: number;
  readonly gateway: number;
  readonly value: string;
  readonly counters: number[];
}

interface AttributeRow {
  readonly attribute: number;
  readonly seen: Uint8Array;
  readonly covered_until_ms: number | null;
}

/** What a batch tells of one attribute. */
interface BatchAttribute {
  readonly accountId: string;
  readonly name: string;
  readonly values: Set<string>;
  readonly uses: { readonly record: ExchangeRecord; readonly value: string }[];
}

/**
 * Adds records to the roll-ups by user and by metadata key; see `applyRollUps`.
 * @param daysCompleteUntil days before this step are closed and get what comes late at once.
 */
export function rollUpAttributes(
  database: Database,
  records: readonly ExchangeRecord[],
  daysCompleteUntil: number | null,
): void {
  const gatewayNumber = gatewayNumbers(database);
  const hours = new Map<string, AttributeCell>();
  for (const attribute of batchAttributes(records).values()) {
    const number = attributeNumber(database, attribute);
    if (number === null) continue;
    for (const { record, value } of attribute.uses) {
      const at = stepOf("hours", record.createdAtMs);
      addAttributeCell(hours, {
        attribute: number,
        at,
        gateway: gatewayNumber(record),
        value,
        counters: countersOf(record),
      });
    }
  }
  writeAttributeCells(database, "hours", hours.values());
  if (daysCompleteUntil === null) return;
  const days = new Map<string, AttributeCell>();
  for (const cell of hours.values()) {
    const at = Math.floor(cell.at / (tierWidthMs.days / tierWidthMs.hours));
    if (at >= daysCompleteUntil) continue;
    for (const gateway of [cell.gateway, ALL_GATEWAYS]) {
      addAttributeCell(days, { ...cell, at, gateway, counters: [...cell.counters] });
    }
  }
  writeAttributeCells(database, "days", days.values());
}

function batchAttributes(records: readonly ExchangeRecord[]): Map<string, BatchAttribute> {
  const attributes = new Map<string, BatchAttribute>();
  for (const record of records) {
    for (const [name, value] of attributesOf(record)) {
      const key = `${record.accountId}\n${name}`;
      let attribute = attributes.get(key);
      if (attribute === undefined) {
        attribute = { accountId: record.accountId, name, values: new Set(), uses: [] };
        attributes.set(key, attribute);
      }
      attribute.values.add(value);
      attribute.uses.push({ record, value });
    }
  }
  return attributes;
}

/** Number of an attribute; null when it is not rolled up, or no longer. */
function attributeNumber(database: Database, batch: BatchAttribute): number | null {
  const row = database
    .query("SELECT attribute, seen, covered_until_ms FROM roll_up_attributes WHERE account_id = ? AND name = ?")
    .get(batch.accountId, batch.name) as AttributeRow | null;
  if (row !== null && row.covered_until_ms !== null) return null;
  if (row === null && isFull(database, batch)) return null;
  const counter = new DistinctCounter();
  if (row !== null) counter.merge(row.seen);
  // Users are who the figures are about, however many.
  if (batch.name !== USER_ATTRIBUTE) for (const value of batch.values) counter.add(value);
  const number = row?.attribute ?? insertAttribute(database, batch);
  const seen = counter.encode();
  if (counter.estimate() > MOST_VALUES) {
    database
      .query("UPDATE roll_up_attributes SET seen = ?, covered_until_ms = ? WHERE attribute = ?")
      .run(seen, coveredUntilMs(batch), number);
    return null;
  }
  if (row === null || seen.length !== row.seen.length) {
    database.query("UPDATE roll_up_attributes SET seen = ? WHERE attribute = ?").run(seen, number);
  }
  return number;
}

function isFull(database: Database, { accountId, name }: BatchAttribute): boolean {
  if (name === USER_ATTRIBUTE) return false;
  return countAttributes(database, accountId) >= MOST_NAMES;
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
function coveredUntilMs({ uses }: BatchAttribute): number {
  const earliestMs = Math.min(...uses.map(({ record }) => record.createdAtMs));
  return (Math.floor(earliestMs / tierWidthMs.hours) - 1) * tierWidthMs.hours;
}

function addAttributeCell(cells: Map<string, AttributeCell>, cell: AttributeCell): void {
  const key = `${cell.attribute} ${cell.at} ${cell.gateway} ${cell.value}`;
  const present = cells.get(key);
  if (present === undefined) {
    cells.set(key, cell);
    return;
  }
  addCounters(present.counters, cell.counters);
}

function writeAttributeCells(database: Database, tier: CoarseTier, cells: Iterable<AttributeCell>): void {
  const add = database.query(addToAttributes(tier));
  for (const { attribute, at, gateway, value, counters } of cells) add.run(attribute, gateway, at, value, ...counters);
}

/** A function that answers the number of a record's gateway, making it when it is new. */
function gatewayNumbers(database: Database): (record: ExchangeRecord) => number {
  const known = new Map<string, number>();
  return ({ accountId, gatewayId }) => {
    const key = `${accountId}\n${gatewayId}`;
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
