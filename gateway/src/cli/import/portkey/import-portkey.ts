import { byHand, type ImportDraft, mappedInto, nothingToDo, notMapped, putMapping, putOnce } from "../import-draft.ts";
import {
  type ImportSource,
  isMapping,
  itemsOf,
  memberOf,
  membersOf,
  parseSource,
  type SourceValue,
  textOf,
} from "../import-source.ts";
import { compatStep } from "../compat-step.ts";
import { putPools } from "../key-pools.ts";
import type { ImportPlace } from "../import-place.ts";
import { fieldOf } from "./portkey-field.ts";
import { readTargets, type TargetGroup } from "./read-targets.ts";
import { tellOfRest } from "./tell-of-rest.ts";

/** The source with the text of a saved config, as the admin API gives it, unfolded where it stands. */
export function unfoldConfigs(source: ImportSource): ImportSource {
  const unfold = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => unfold(item, ""));
    if (isMapping(value))
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unfold(inner, name)]));
    const isText = key === "config" && typeof value === "string" && value.trimStart().startsWith("{");
    return isText ? (readConfigText(value) ?? value) : value;
  };
  return { ...source, root: { path: [], value: unfold(source.root.value, "") } };
}

function readConfigText(text: string): unknown {
  try {
    return parseSource("config", text).root.value;
  } catch {
    return null;
  }
}

/**
 * Portkey configs (https://portkey.ai/docs/product/ai-gateway/configs): one, an answer of the admin API, or a list of them. What holds for a whole
 * config becomes settings of the gateway; strategies become requests that clients send.
 */
export function importPortkey(draft: ImportDraft, { root }: ImportSource, place: ImportPlace): void {
  const gateway = ["accounts", place.account, "gateways", place.gateway];
  putMapping(draft, gateway);
  const configs = configsIn(draft, root);
  const groups = configs.flatMap((config) => readTargets(draft, config));
  const aliases = putPools(
    draft,
    groups.flatMap(({ pools }) => pools),
    gateway,
  );
  const aliasOf = new Map(groups.flatMap(({ pools }) => pools).map((pool, index) => [pool, aliases[index] ?? null]));
  for (const config of configs) importGatewaySettings(draft, config, gateway);
  for (const group of groups) addExample(draft, group, aliasOf);
  for (const config of configs) tellOfRest(draft, config, true);
}

/** The configs of a file; what is around them is told. */
function configsIn(draft: ImportDraft, place: SourceValue): readonly SourceValue[] {
  if (Array.isArray(place.value)) return itemsOf(place).flatMap((item) => configsIn(draft, item));
  for (const key of ["data", "config"]) {
    const inner = memberOf(place, key);
    if (inner === null || typeof inner.value !== "object" || inner.value === null) continue;
    for (const [name, member] of membersOf(place)) {
      if (name !== key) nothingToDo(draft, member, "part of how the config is kept, not of the config");
    }
    return configsIn(draft, inner);
  }
  return isMapping(place.value) && Object.keys(place.value).length > 0 ? [place] : [];
}

function importGatewaySettings(draft: ImportDraft, config: SourceValue, gateway: readonly string[]): void {
  const retry = fieldOf(config, "retry");
  const attempts = retry === null ? null : fieldOf(retry, "attempts");
  if (attempts !== null && typeof attempts.value === "number") {
    const value = Math.min(Math.max(Math.floor(attempts.value), 0) + 1, 5);
    const target = [...gateway, "retry_max_attempts"];
    putOnce(draft, attempts, { target, value });
  }
  const cache = fieldOf(config, "cache");
  const mode = cache === null ? null : fieldOf(cache, "mode");
  const maxAge = cache === null ? null : fieldOf(cache, "max_age");
  if (textOf(mode) === "simple" && maxAge !== null && typeof maxAge.value === "number") {
    const target = [...gateway, "cache_ttl"];
    const isPut = putOnce(draft, maxAge, { target, value: Math.round(maxAge.value) });
    if (mode !== null && isPut) mappedInto(draft, mode, target);
    else if (mode !== null) notMapped(draft, mode, "nothing is cached without a lifetime that `cache_ttl` may have");
  }
  const timeout = fieldOf(config, "request_timeout");
  if (timeout !== null && typeof timeout.value === "number") {
    byHand(draft, timeout, `clients send \`cf-aig-request-timeout: ${timeout.value}\``);
  }
}

function addExample(draft: ImportDraft, group: TargetGroup, aliasOf: ReadonlyMap<object, string | null>): void {
  const { steps, title } = group;
  const isPlain = steps.length === 1 && Object.keys(steps[0]?.parameters ?? {}).length === 0;
  if (steps.length === 0 || isPlain) return;
  draft.examples.push({
    title,
    steps: steps.map(({ pool, ...step }) => {
      const alias = pool === null ? null : (aliasOf.get(pool) ?? null);
      return compatStep(alias === null || alias === "default" ? step : { ...step, alias });
    }),
  });
}
