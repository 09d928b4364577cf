import { accountsWhere, type Caller } from "../../access/caller.ts";
import type { Clock } from "../../core/clock.ts";
import type { AnalyticsStore } from "../../stores/ports/analytics-store.ts";
import type { LogStore } from "../../stores/ports/log-store.ts";
import { success } from "../../management/envelope.ts";
import { graphqlRoute } from "../graphql/graphql-route.ts";
import { validate } from "../../management/parse-query.ts";
import { noParams } from "../../management/path-parameters.ts";
import type { ManagementRequest, Route } from "../../management/route.ts";
import { answerQuery } from "./answer-query.ts";
import { queryFromUrl } from "./query-from-url.ts";
import { queryResultSchema, querySchema, urlQuerySchema } from "./query-schema.ts";

/** What the analytics routes need. */
export interface AnalyticsRoutesOptions {
  readonly analytics: AnalyticsStore;
  /** Tells how many log rows are stored. */
  readonly logs: Pick<LogStore, "statistics">;
  readonly clock: Clock;
  /** `log_management` of a gateway: how many rows it keeps; null for no bound. Default: none has one. */
  readonly rowLimitOf?: (accountId: string, gatewayId: string) => number | null;
}

const permission = "analytics.read";

const shared = {
  path: "/api/analytics/query",
  permission,
  tag: "Analytics",
  params: noParams,
  answer: { kind: "result", schema: queryResultSchema },
} as const satisfies Partial<Route>;

/** `/api/analytics/query` by GET and POST (docs/reference/analytics-api.md), and `POST /client/v4/graphql` (reference §11.2). */
export function analyticsRoutes(options: AnalyticsRoutesOptions): Route[] {
  const answer = async (query: unknown, place: "body" | "query", caller: Caller): Promise<Response> => {
    const parsed = validate(querySchema, query, [place]);
    const accountIds = accountsWhere(caller, permission);
    const context = { store: options.analytics, clock: options.clock, place: [place], accountIds };
    return success(await answerQuery(parsed, context));
  };
  return [
    {
      ...shared,
      method: "POST",
      summary: "Ask for counts",
      description: "Measures by dimensions over a range of time, by default the last day.",
      body: querySchema,
      handle: async (request: ManagementRequest) => answer(await request.json(), "body", request.caller),
    },
    {
      ...shared,
      method: "GET",
      summary: "Ask for counts by URL",
      description: "Lists are repeated or joined by commas; filters is a JSON array.",
      query: urlQuerySchema,
      handle: async ({ url, caller }) => answer(queryFromUrl(url.searchParams), "query", caller),
    },
    graphqlRoute(options, permission),
  ];
}
