import type { Gateway } from "../../api/generated/operations.ts";
import { changeAGatewayBody } from "../../api/generated/bodies.ts";
import { type Difference, differencesOf } from "../../lib/differences.ts";
import { memberFault } from "../../lib/value-fault.ts";

/** Settings as they are being written: those that were touched, by name. */
export type SettingsDraft = Readonly<Record<string, unknown>>;

/** What a draft changes. */
export function changesOf(gateway: Gateway, draft: SettingsDraft): Difference[] {
  const before = gateway as Readonly<Record<string, unknown>>;
  return Object.keys(draft).flatMap((name) => differencesOf(before[name], draft[name], name));
}

/** Faults of a draft by the name of the setting, as the API's own description has them. */
export function faultsOf(draft: SettingsDraft): ReadonlyMap<string, string> {
  const faults = Object.entries(draft).map(
    ([name, value]) => [name, memberFault(changeAGatewayBody, name, value)] as const,
  );
  return new Map(faults.filter((each): each is readonly [string, string] => each[1] !== undefined));
}

/** The body of the change: what has to be there always, and what was touched. */
export function bodyOf(gateway: Gateway, draft: SettingsDraft) {
  const { cache_invalidate_on_update, cache_ttl, collect_logs, rate_limiting_interval, rate_limiting_limit } = gateway;
  return {
    cache_invalidate_on_update,
    cache_ttl,
    collect_logs,
    rate_limiting_interval,
    rate_limiting_limit,
    ...draft,
  };
}
