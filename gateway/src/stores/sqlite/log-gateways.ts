import type { Database } from "bun:sqlite";
import type { LogScope } from "../ports/log-store.ts";

/** A row of `log_gateways` as far as writers and readers need it. */
export interface GatewayRow {
  readonly gateway: number;
  readonly row_count: number;
  readonly row_bytes: number;
  readonly body_count: number;
  readonly body_bytes: number;
  readonly refused: number;
  readonly skew_ms: number;
  readonly first_body: number;
}

/** The gateway's row; null when it never had a log. */
export function findGateway(database: Database, { accountId, gatewayId }: LogScope): GatewayRow | null {
  return database
    .query<GatewayRow, [string, string]>("SELECT * FROM log_gateways WHERE account_id = ? AND gateway_id = ?")
    .get(accountId, gatewayId);
}

/** The gateway's row, made when it is not there; only inside a transaction. */
export function ensureGateway(database: Database, scope: LogScope): GatewayRow {
  const known = findGateway(database, scope);
  if (known !== null) return known;
  database
    .query("INSERT INTO log_gateways (account_id, gateway_id) VALUES (?, ?)")
    .run(scope.accountId, scope.gatewayId);
  return findGateway(database, scope) as GatewayRow;
}
