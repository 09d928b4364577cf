import { type ExecutionResult, GraphQLError } from "graphql";
import { z } from "zod";
import { accountsWhere } from "../../access/caller.ts";
import type { Permission } from "../../access/permissions.ts";
import type { Clock } from "../../core/clock.ts";
import type { AnalyticsStore } from "../../stores/ports/analytics-store.ts";
import type { LogStore } from "../../stores/ports/log-store.ts";
import { uncached } from "../../management/envelope.ts";
import { ManagementError } from "../../management/management-error.ts";
import { noParams } from "../../management/path-parameters.ts";
import type { ManagementRequest, Route } from "../../management/route.ts";
import { executeDocument, type GraphqlRequest } from "./execute-document.ts";
import { analyticsSchema } from "./graphql-schema.ts";

/** A request as GraphQL clients send it, for the reference: its faults are told in GraphQL's own form. */
const requestSchema = z.object({
  query: z.string().meta({ description: "The document." }),
  variables: z.record(z.string(), z.unknown()).optional(),
  operationName: z.string().optional(),
});

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullable(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).nullable(),
        locations: z.array(z.object({ line: z.int(), column: z.int() })).optional(),
        extensions: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .nullable(),
});

/** What the endpoint needs. */
export interface GraphqlRouteOptions {
  readonly analytics: AnalyticsStore;
  readonly logs: Pick<LogStore, "statistics">;
  readonly clock: Pick<Clock, "nowMs">;
  readonly rowLimitOf?: (accountId: string, gatewayId: string) => number | null;
}

/**
 * `POST /client/v4/graphql` (reference §11.2, §18): `{query, variables?, operationName?}`. Answers 200 with `data` and `errors`, which
 * is null when there are none; 400 for a body that is no request.
 */
export function graphqlRoute(options: GraphqlRouteOptions, permission: Permission): Route {
  const schema = analyticsSchema();
  const sources = {
    analytics: options.analytics,
    statistics: () => options.logs.statistics(),
    rowLimitOf: options.rowLimitOf ?? (() => null),
  };
  return {
    method: "POST",
    path: "/client/v4/graphql",
    permission,
    summary: "Ask for counts by GraphQL",
    description: "Errors come with status 200, beside what could be answered.",
    tag: "Analytics",
    params: noParams,
    body: requestSchema,
    answer: { kind: "json", schema: answerSchema },
    async handle(request) {
      const asked = await readRequest(request);
      if (asked instanceof GraphQLError) return answer({ data: null, errors: [asked] }, 400);
      const accountIds = accountsWhere(request.caller, permission);
      return answer(
        await executeDocument(schema, asked, { ...sources, nowMs: options.clock.nowMs(), accountIds }),
        200,
      );
    },
  };
}

async function readRequest(request: ManagementRequest): Promise<GraphqlRequest | GraphQLError> {
  let body: unknown;
  try {
    body = await request.json();
  } catch (error) {
    if (error instanceof ManagementError && error.definition.status === 400) return new GraphQLError(error.message);
    throw error;
  }
  if (typeof body !== "object" || body === null) return new GraphQLError("expected an object with query");
  const { query, variables, operationName } = body as Record<string, unknown>;
  if (typeof query !== "string") return new GraphQLError("query: expected a text");
  if (variables !== undefined && (typeof variables !== "object" || Array.isArray(variables))) {
    return new GraphQLError("variables: expected an object");
  }
  return {
    query,
    variables: (variables ?? {}) as Record<string, unknown>,
    operationName: typeof operationName === "string" ? operationName : null,
  };
}

function answer({ data, errors }: ExecutionResult, status: number): Response {
  const shown = errors?.map(({ message, path, locations, extensions, originalError }) => ({
    // What went wrong inside is nobody's business outside.
    message: originalError === undefined || originalError instanceof GraphQLError ? message : "internal error",
    path: path ?? null,
    ...(locations === undefined ? {} : { locations }),
    extensions,
  }));
  return Response.json({ data: data ?? null, errors: shown ?? null }, { status, headers: uncached });
}
