import type { LogStatistics } from "../../stores/ports/log-store.ts";
import { badArgument } from "./parse-filter.ts";
import { readLimit } from "./order-rows.ts";
import type { DatasetArguments, DatasetRow } from "./answer-dataset.ts";
import type { SelectedFields } from "./selected-fields.ts";

/** What the size of logs is told from. */
export interface SizeContext {
  readonly statistics: readonly LogStatistics[];
  readonly rowLimitOf: (accountId: string, gatewayId: string) => number | null;
  /** Null for all accounts. */
  readonly accountTag: string | null;
  readonly nowMs: number;
}

/**
 * Rows of `aiGatewaySizeAdaptiveGroups`: how many log rows each gateway holds now. Sizes of the past are not kept, so every row
 * bears the present minute, and filters of time are let pass unheeded.
 * @throws GraphQLError for filters other than of gateway and time.
 */
export function answerSize(
  { args, selected }: { readonly args: DatasetArguments; readonly selected: SelectedFields },
  { statistics, rowLimitOf, accountTag, nowMs }: SizeContext,
): DatasetRow[] {
  const isWanted = gatewayFilter(args.filter);
  const datetimeMinute = new Date(Math.floor(nowMs / 60_000) * 60_000).toISOString().replace(".000Z", "Z");
  const gateways = statistics
    .filter(({ accountId, gatewayId }) => (accountTag === null || accountId === accountTag) && isWanted(gatewayId))
    .map(({ accountId, gatewayId, rows }) => ({
      max: { rows },
      dimensions: { gateway: gatewayId, logManagement: rowLimitOf(accountId, gatewayId), datetimeMinute },
    }))
    .toSorted((left, right) => right.max.rows - left.max.rows);
  const isGrouped = selected.get("dimensions")?.has("gateway") === true;
  if (isGrouped) return gateways.slice(0, readLimit(args.limit));
  const [largest] = gateways;
  return largest === undefined ? [] : [{ max: largest.max, dimensions: { datetimeMinute } }];
}

function gatewayFilter(filter: unknown): (gatewayId: string) => boolean {
  if (filter === undefined || filter === null) return () => true;
  if (typeof filter !== "object" || Array.isArray(filter)) throw badArgument("filter: expected an object");
  const tests = Object.entries(filter).map(([member, value]): ((gatewayId: string) => boolean) => {
    if (member.startsWith("date")) return () => true;
    if (member === "gateway") return (gatewayId) => gatewayId === value;
    if (member === "gateway_neq") return (gatewayId) => gatewayId !== value;
    if (member === "gateway_in" && Array.isArray(value)) return (gatewayId) => value.includes(gatewayId);
    throw badArgument(`unknown field "${member}" in filter`);
  });
  return (gatewayId) => tests.every((test) => test(gatewayId));
}
