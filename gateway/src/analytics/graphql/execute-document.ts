import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  GraphQLError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  parse,
  type TypeNode,
  validate,
  visit,
} from "graphql";
import type { LogStatistics } from "../../stores/ports/log-store.ts";
import type { AnalyticsStore } from "../../stores/ports/analytics-store.ts";
import { answerDataset, type DatasetArguments } from "./answer-dataset.ts";
import { answerSize } from "./answer-size.ts";
import { datasets } from "./datasets.ts";
import { badArgument } from "./parse-filter.ts";
import { selectedFields } from "./selected-fields.ts";
import { datasetSettings } from "./dataset-settings.ts";

/** Tokens of the longest document. */
const MOST_TOKENS = 5000;
/** Datasets asked for in one document, each alias for itself. */
const MOST_DATASETS = 30;

/** A request as it came. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
}

/** Where answers come from. */
export interface GraphqlSources {
  readonly analytics: AnalyticsStore;
  readonly statistics: () => Promise<readonly LogStatistics[]>;
  readonly rowLimitOf: (accountId: string, gatewayId: string) => number | null;
  readonly nowMs: number;
  /** Accounts that may be asked for; null for all. */
  readonly accountIds: readonly string[] | null;
}

/**
 * Executes a document. Variables may be declared with whatever type: clients invent the names of input types, so every declaration
 * is read as the schema's type for anything before the document is validated. Never rejects; faults are in `errors`.
 */
export async function executeDocument(
  schema: GraphQLSchema,
  { query, variables, operationName }: GraphqlRequest,
  sources: GraphqlSources,
): Promise<ExecutionResult> {
  let document: DocumentNode;
  try {
    document = withOpenVariables(parse(query, { maxTokens: MOST_TOKENS }));
  } catch (error) {
    return { data: null, errors: [error instanceof GraphQLError ? error : new GraphQLError("syntax error")] };
  }
  const faults = validate(schema, document);
  if (faults.length > 0) return { data: null, errors: faults };
  const budget = { datasets: 0 };
  const result = await execute({
    schema,
    document,
    rootValue: { viewer: { accounts: (args: { filter?: unknown }) => accounts(args.filter, { ...sources, budget }) } },
    variableValues: variables,
    ...(operationName === null ? {} : { operationName }),
  });
  return result;
}

function withOpenVariables(document: DocumentNode): DocumentNode {
  const open = (type: TypeNode): TypeNode => {
    if (type.kind === Kind.NON_NULL_TYPE) return { ...type, type: open(type.type) as typeof type.type };
    return { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: "Any" } };
  };
  return visit(document, { VariableDefinition: (node) => ({ ...node, type: open(node.type) }) });
}

type AccountSources = GraphqlSources & { readonly budget: { datasets: number } };

/**
 * One entry for each account tag in the filter; without one, a single entry for all accounts together, or one for each of those that
 * may be asked for. Of another account it is not told whether there is such a one.
 */
function accounts(filter: unknown, sources: AccountSources) {
  const { accountTag, accountTag_in: several, ...others } = (filter ?? {}) as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw badArgument(`unknown field "${unknown}" in filter of accounts`);
  const { accountIds } = sources;
  const unnamed = accountIds ?? [null];
  const tags = Array.isArray(several)
    ? several
    : accountTag === undefined || accountTag === null
      ? unnamed
      : [accountTag];
  return tags.map((tag: unknown) => {
    if (tag !== null && typeof tag !== "string") throw badArgument("accountTag: expected a text");
    if (accountIds !== null && !accountIds.includes(tag ?? ""))
      throw badArgument("accountTag: not authorized for that account");
    return account(tag, sources);
  });
}

function account(accountTag: string | null, sources: AccountSources) {
  const { nowMs, rowLimitOf, budget } = sources;
  const spend = (): void => {
    budget.datasets += 1;
    if (budget.datasets > MOST_DATASETS) throw badArgument(`a document may ask for ${MOST_DATASETS} datasets at most`);
  };
  const ofRequests = Object.entries(datasets).map(([name, dataset]) => [
    name,
    (args: DatasetArguments, _context: unknown, info: GraphQLResolveInfo) => {
      spend();
      const asked = { args, selected: selectedFields(info) };
      return answerDataset(dataset, asked, { store: sources.analytics, accountTag, nowMs });
    },
  ]);
  return {
    accountTag,
    settings: datasetSettings(),
    ...Object.fromEntries(ofRequests),
    async aiGatewaySizeAdaptiveGroups(args: DatasetArguments, _context: unknown, info: GraphQLResolveInfo) {
      spend();
      const statistics = await sources.statistics();
      return answerSize({ args, selected: selectedFields(info) }, { statistics, rowLimitOf, accountTag, nowMs });
    },
  };
}
