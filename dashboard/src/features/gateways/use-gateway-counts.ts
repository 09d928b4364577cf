import { useApi } from "../../api/use-api.ts";
import { useMay } from "../../app/session.tsx";

/** How busy a gateway was. */
export interface GatewayCounts {
  readonly requests: number;
  readonly errors: number;
  readonly cost: number;
}

/** The last 24 hours of every gateway of an account, by id; absent for those without requests. */
export function useGatewayCounts(accountId: string): ReadonlyMap<string, GatewayCounts> {
  const may = useMay();
  const { data } = useApi(
    "POST /api/analytics/query",
    {
      body: {
        measures: ["requests", "errors", "cost"],
        dimensions: ["gateway"],
        filters: [{ key: "account", operator: "eq", value: accountId }],
      },
    },
    may("analytics.read"),
  );
  return new Map(
    data?.result.rows.map(([gateway, requests, errors, cost]) => [
      String(gateway),
      { requests: Number(requests), errors: Number(errors), cost: Number(cost) },
    ]),
  );
}
