import type { LogScope } from "../../stores/ports/log-store.ts";
import { invalid } from "../management-error.ts";

/**
 * Account and gateway of a path. Gateways need not be configured any more to have logs.
 * @throws ManagementError 400 code 7001 for an id that no gateway can have.
 */
export function logScope(params: Readonly<Record<string, string>>): LogScope {
  const { accountId = "", gatewayId = "" } = params;
  if (!namePattern.test(accountId)) throw invalid("Expected an account id", ["path", "account_id"]);
  if (!namePattern.test(gatewayId)) throw invalid("Expected a gateway id", ["path", "gateway_id"]);
  return { accountId, gatewayId };
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
