import type { Database } from "bun:sqlite";
import { OTHER_MODELS, type Series, seriesOf } from "../../analytics/series.ts";

/** Most series ever told apart; models beyond are counted together, so that nobody fills the disk with invented names. */
const MOST_SERIES = 20_000;

interface SeriesRow {
  readonly series: number;
  readonly family: number;
  readonly account_id: string;
  readonly gateway_id: string;
  readonly provider: string;
  readonly model: string;
  readonly status_code: number;
  readonly error_code: number;
  readonly cache_status: "HIT" | "MISS" | "";
  readonly success: number;
}

/** A function that answers the number of a record's series, making it when it is new; remembers for as long as the batch lasts. */
export function seriesNumbers(database: Database, mostSeries = MOST_SERIES): (record: Series) => number {
  const known = new Map<string, number>();
  return (record) => {
    const { accountId, gatewayId, provider, model, statusCode, errorCode, cacheStatus, success } = record;
    const key = `${accountId}\n${gatewayId}\n${provider}\n${statusCode} ${errorCode} ${cacheStatus} ${success}\n${model}`;
    let number = known.get(key);
    if (number === undefined) {
      number = findSeries(database, record) ?? makeSeries(database, record, mostSeries);
      known.set(key, number);
    }
    return number;
  };
}

function makeSeries(database: Database, record: Series, mostSeries: number): number {
  const { count } = database.query("SELECT count(*) AS count FROM roll_up_series").get() as { count: number };
  if (count < mostSeries) return insertSeries(database, record);
  const shared = { ...seriesOf(record), model: OTHER_MODELS };
  return findSeries(database, shared) ?? insertSeries(database, shared);
}

const columns = "account_id, gateway_id, provider, model, status_code, error_code, cache_status, success";

function findSeries(database: Database, record: Series): number | null {
  const statement = database.query(`SELECT series FROM roll_up_series WHERE (${columns}) = (?, ?, ?, ?, ?, ?, ?, ?)`);
  return (statement.get(...valuesOf(record)) as { series: number } | null)?.series ?? null;
}

function insertSeries(database: Database, record: Series): number {
  const statement = database.query(
    `INSERT INTO roll_up_series (family, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING series`,
  );
  return (statement.get(ensureFamily(database, record), ...valuesOf(record)) as { series: number }).series;
}

function ensureFamily(database: Database, { accountId, gatewayId, provider, model }: Series): number {
  const statement = database.query(
    `INSERT INTO roll_up_families (account_id, gateway_id, provider, model) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET model = excluded.model RETURNING family`,
  );
  return (statement.get(accountId, gatewayId, provider, model ?? "") as { family: number }).family;
}

/** A function that answers the family of a series. */
export function familyNumbers(database: Database): (series: number) => number {
  const statement = database.query("SELECT family FROM roll_up_series WHERE series = ?");
  return (series) => (statement.get(series) as { family: number }).family;
}

function valuesOf(series: Series): (string | number)[] {
  const { accountId, gatewayId, provider, model, statusCode, errorCode, cacheStatus, success } = series;
  return [accountId, gatewayId, provider, model ?? "", statusCode, errorCode ?? 0, cacheStatus ?? "", success ? 1 : 0];
}

/** A series and the family it belongs to. */
export interface NumberedSeries {
  readonly series: number;
  readonly family: number;
  readonly of: Series;
}

/** All series. */
export function readSeries(database: Database): NumberedSeries[] {
  const rows = database.query("SELECT * FROM roll_up_series").all() as SeriesRow[];
  return rows.map((row) => ({
    series: row.series,
    family: row.family,
    of: {
      accountId: row.account_id,
      gatewayId: row.gateway_id,
      provider: row.provider,
      model: row.model === "" ? null : row.model,
      statusCode: row.status_code,
      errorCode: row.error_code === 0 ? null : row.error_code,
      cacheStatus: row.cache_status === "" ? null : row.cache_status,
      success: row.success === 1,
    },
  }));
}
