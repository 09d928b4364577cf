import { buildSchema, type GraphQLSchema } from "graphql";

const timeDimensions = "date datetime datetimeMinute datetimeFiveMinutes datetimeFifteenMinutes datetimeHour";

function fields(names: string, type: string): string {
  return names
    .split(" ")
    .map((name) => `${name}: ${type}`)
    .join("\n  ");
}

/** `durationMsP50` …, of both times. */
const quantileFields = ["durationMs", "timeToFirstByteMs"]
  .flatMap((time) => ["P50", "P90", "P95", "P99"].map((rank) => `${time}${rank}`))
  .join(" ");

const datasetArguments = "(limit: Any, filter: Any, orderBy: Any)";

/**
 * The part of the product's schema that is about gateways (reference §11.2). Arguments have one type for anything, because clients
 * invent the names of input types; resolvers check them.
 */
const typeDefinitions = `
scalar Any
scalar Time
scalar Date
scalar uint64
scalar float64

type Query {
  viewer: Viewer!
}

type Viewer {
  accounts(filter: Any, limit: Any): [Account!]!
}

type Account {
  accountTag: String
  settings: AccountSettings!
  aiGatewayRequestsAdaptiveGroups${datasetArguments}: [AccountAiGatewayRequestsAdaptiveGroups!]!
  aiGatewayErrorsAdaptiveGroups${datasetArguments}: [AccountAiGatewayErrorsAdaptiveGroups!]!
  aiGatewayCacheAdaptiveGroups${datasetArguments}: [AccountAiGatewayCacheAdaptiveGroups!]!
  aiGatewaySizeAdaptiveGroups${datasetArguments}: [AccountAiGatewaySizeAdaptiveGroups!]!
}

type AccountSettings {
  ${fields("aiGatewayRequestsAdaptiveGroups aiGatewayErrorsAdaptiveGroups", "Settings!")}
  ${fields("aiGatewayCacheAdaptiveGroups aiGatewaySizeAdaptiveGroups", "Settings!")}
}

type Settings {
  enabled: Boolean!
  ${fields("notOlderThan maxDuration maxPageSize maxNumberOfFields", "uint64!")}
  availableFields: [String!]!
}

type AccountAiGatewayRequestsAdaptiveGroups {
  count: uint64!
  sum: RequestsSum!
  quantiles: RequestsQuantiles!
  dimensions: RequestsDimensions!
}

type RequestsSum {
  cost: float64!
  ${fields("cachedRequests erroredRequests cachedTokensIn cachedTokensOut uncachedTokensIn", "uint64!")}
  ${fields("uncachedTokensOut tokensIn tokensOut", "uint64!")}
}

type RequestsQuantiles {
  ${fields(quantileFields, "float64")}
}

type RequestsDimensions {
  ${fields(timeDimensions, "Time")}
  ${fields("model provider gateway userAgent metadataRaw", "String")}
  ${fields("statusCode cached rateLimited error wholesale durationMs tokensIn tokensOut", "uint64")}
  cost: float64
}

type AccountAiGatewayErrorsAdaptiveGroups {
  count: uint64!
  dimensions: ErrorsDimensions!
}

type ErrorsDimensions {
  ${fields(timeDimensions, "Time")}
  ${fields("model provider gateway", "String")}
  ${fields("statusCode rateLimited", "uint64")}
}

type AccountAiGatewayCacheAdaptiveGroups {
  count: uint64!
  dimensions: CacheDimensions!
}

type CacheDimensions {
  ${fields(timeDimensions, "Time")}
  ${fields("model provider gateway cacheOp", "String")}
}

type AccountAiGatewaySizeAdaptiveGroups {
  max: SizeMax!
  dimensions: SizeDimensions!
}

type SizeMax {
  rows: uint64!
}

type SizeDimensions {
  gateway: String
  logManagement: uint64
  datetimeMinute: Time
}
`;

/** Builds the schema; its fields are read off whatever object a resolver gives. */
export function analyticsSchema(): GraphQLSchema {
  return buildSchema(typeDefinitions);
}
